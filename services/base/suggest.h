// "Did you mean ...?"
#ifndef FOIA_SERVICES_BASE_SUGGEST_H_
#define FOIA_SERVICES_BASE_SUGGEST_H_

#include <string>
#include <vector>

namespace foia {

// A name that could have been meant, and other words by which people know it.
struct Candidate {
  std::string name;
  std::string also = {};
};

// The names that `word` most likely means, at most four; empty when none is near. In this order of
// preference, of which only the best that fits anything is given: the same but for case and
// separators; a name that ends with it (dhs: us-federal-dhs); one that has its parts (appeal:
// appeal_file_by); one wrong letter; a part that begins so; one known by these words; few letters
// changed. Parts of a name lie between characters that are neither letters nor digits.
std::vector<std::string> Suggestions(const std::string& word,
                                     const std::vector<Candidate>& candidates);
std::vector<Candidate> Candidates(const std::vector<std::string>& names);

// "'a', 'b' or 'c'".
std::string QuotedList(const std::vector<std::string>& words);
// The suggestions as the end of a sentence: "; did you mean 'received'?", or nothing.
std::string DidYouMean(const std::string& word, const std::vector<Candidate>& candidates);
std::string DidYouMean(const std::string& word, const std::vector<std::string>& names);

}  // namespace foia

#endif  // FOIA_SERVICES_BASE_SUGGEST_H_
