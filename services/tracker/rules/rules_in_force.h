// The rule book that counts now. A reload puts another one in its place while calls run: who needs
// several answers of one book holds on to the pointer meanwhile, and nobody keeps a `const Rules*`
// longer than that pointer.
#ifndef FOIA_SERVICES_TRACKER_RULES_RULES_IN_FORCE_H_
#define FOIA_SERVICES_TRACKER_RULES_RULES_IN_FORCE_H_

#include <memory>
#include <mutex>
#include <utility>

#include "services/tracker/rules/rule_book.h"

namespace foia::tracker {

// Safe for concurrent use.
class RulesInForce {
 public:
  explicit RulesInForce(RuleBook book) : book_(std::make_shared<const RuleBook>(std::move(book))) {}

  // Never null.
  std::shared_ptr<const RuleBook> Get() const {
    std::lock_guard lock(mutex_);
    return book_;
  }
  void Set(std::shared_ptr<const RuleBook> book) {
    std::lock_guard lock(mutex_);
    book_ = std::move(book);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const RuleBook> book_;
};

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_RULES_RULES_IN_FORCE_H_
