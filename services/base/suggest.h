// "Did you mean ...?"
#ifndef FOIA_SERVICES_BASE_SUGGEST_H_
#define FOIA_SERVICES_BASE_SUGGEST_H_

#include <string>
#include <vector>

namespace foia {

// The candidate most like `word`; empty when none is near.
std::string Suggest(const std::string& word, const std::vector<std::string>& candidates);
// The same as the end of a sentence: "; did you mean 'received'?", or nothing.
std::string DidYouMean(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace foia

#endif  // FOIA_SERVICES_BASE_SUGGEST_H_
