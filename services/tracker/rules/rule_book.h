// All rules in force: those built into the program, with the operator's files laid over them.
//
//   ASSERT_OK_AND_ASSIGN(RuleBook book, LoadRules("/etc/foiad/rules"));
//   ASSERT_OK_AND_ASSIGN(const Rules* rules, book.FindRules("us-federal-dhs"));
#ifndef FOIA_SERVICES_TRACKER_RULES_RULE_BOOK_H_
#define FOIA_SERVICES_TRACKER_RULES_RULE_BOOK_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/tracker/deadlines/engine.h"

namespace foia::tracker {

// Safe for concurrent use: immutable.
class RuleBook {
 public:
  // Text of each file by file name.
  using Files = std::map<std::string, std::string>;

  // INVALID_RULES with file, line and reason when a file does not parse or makes no sense.
  static absl::StatusOr<RuleBook> Parse(const Files& files);

  // NOT_FOUND for an unknown or abstract jurisdiction. Lives as long as the book.
  absl::StatusOr<const Rules*> FindRules(std::string_view jurisdiction) const;
  absl::StatusOr<const Calendar*> FindCalendar(std::string_view id) const;
  // Jurisdictions under which a request can be filed, by id.
  const std::map<std::string, Rules, std::less<>>& jurisdictions() const { return rules_; }
  // SHA-256 of all files, hexadecimal: names and bytes, in the order of names.
  const std::string& digest() const { return digest_; }

 private:
  RuleBook() = default;

  std::map<std::string, Rules, std::less<>> rules_;
  std::map<std::string, std::shared_ptr<const Calendar>, std::less<>> calendars_;
  std::string digest_;
};

// The files built into the program.
const RuleBook::Files& EmbeddedRules();

// The embedded rules, with every *.textproto of `directory` in place of the file of the same name,
// or beside the others. An empty `directory`: the embedded rules alone. UNREADABLE_FILE when the
// directory or a file cannot be read.
absl::StatusOr<RuleBook> LoadRules(const std::string& directory);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_RULES_RULE_BOOK_H_
