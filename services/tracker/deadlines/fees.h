// Internal to the engine: what letters about fees ask for, and what was paid, waived, disputed or
// refunded. Amounts are exact, in cents.
#ifndef FOIA_SERVICES_TRACKER_DEADLINES_FEES_H_
#define FOIA_SERVICES_TRACKER_DEADLINES_FEES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/tracker/deadlines/fold.h"

namespace foia::tracker {

// A letter about fees, and how far it is answered by money.
struct FeeDemand {
  int position = 0;              // of the letter
  bool is_owed = false;          // it asks for money; else for an answer: an estimate, a question
  std::optional<int64_t> asked;  // nullopt: the letter's amount is not recorded
  int64_t paid = 0;
  int64_t waived = 0;
  int64_t disputed = 0;
  // Position of the event with which nothing was left to pay; -1 while something is.
  int settled_by = -1;
  // Payments of which the amount is not recorded, so that they settle nothing that has one.
  std::vector<int> without_amount;

  // What is left to pay; 0 where the amount is not recorded.
  int64_t open() const;
  // "450.00 of 900.00 paid, 450.00 open"; "" where there is nothing to balance.
  std::string Text() const;
};

// All letters about fees of one request.
//
// A payment that names no letter (of=) is set against those that ask for money and came before it,
// the oldest first; where there is none, against estimates. What is too much is noted and is not
// set against later letters. A refund takes from what was too much, and reopens nothing.
class FeeAccount {
 public:
  explicit FeeAccount(const Folded& events);

  const std::vector<FeeDemand>& demands() const { return demands_; }
  // Null when the event is no letter about fees.
  const FeeDemand* At(int position) const;
  // All letters that ask for money together: "900.00 of 1500.00 paid, 600.00 open, 50.00 refunded".
  // "" when no amount is recorded.
  std::string Text() const;
  // Whether every letter that asks for money is settled, and there is one.
  bool IsSettled() const;

 private:
  void Credit(const Folded& events, const FoldedEvent& event);

  std::vector<FeeDemand> demands_;  // in order
  int64_t refunded_ = 0;
};

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_DEADLINES_FEES_H_
