#include "services/tracker/deadlines/fees.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/base/money.h"

namespace foia::tracker {
namespace {

bool IsLetter(v1::EventType type) {
  switch (type) {
    case v1::EVENT_TYPE_FEE_TOLL_START:
    case v1::EVENT_TYPE_FEE_ESTIMATE:
    case v1::EVENT_TYPE_PREPAY_DEMANDED:
    case v1::EVENT_TYPE_INVOICED:
    case v1::EVENT_TYPE_COST_STATEMENT_SENT:
      return true;
    default:
      return false;
  }
}

bool AsksForMoney(v1::EventType type) {
  return type == v1::EVENT_TYPE_PREPAY_DEMANDED || type == v1::EVENT_TYPE_INVOICED ||
         type == v1::EVENT_TYPE_COST_STATEMENT_SENT;
}

std::optional<int64_t> AmountOf(const FoldedEvent& event) {
  const absl::StatusOr<int64_t> cents = ParseMoney(AttributeOf(*event.event, "amount"), "amount");
  return cents.ok() ? std::optional(*cents) : std::nullopt;
}

// `asked` nullopt: it is not recorded.
std::string BalanceText(std::optional<int64_t> asked, int64_t paid, int64_t waived,
                        int64_t disputed, int64_t refunded) {
  std::string text = asked.has_value()
                         ? absl::StrCat(FormatMoney(paid), " of ", FormatMoney(*asked), " paid")
                         : absl::StrCat(FormatMoney(paid), " paid");
  if (waived > 0) absl::StrAppend(&text, ", ", FormatMoney(waived), " waived");
  if (disputed > 0) absl::StrAppend(&text, ", ", FormatMoney(disputed), " disputed");
  if (!asked.has_value()) return text;
  const int64_t left = *asked - paid - waived - disputed;
  if (left > 0) absl::StrAppend(&text, ", ", FormatMoney(left), " open");
  if (left + refunded < 0) absl::StrAppend(&text, ", ", FormatMoney(-left - refunded), " too much");
  if (refunded > 0) absl::StrAppend(&text, ", ", FormatMoney(refunded), " refunded");
  return text;
}

}  // namespace

int64_t FeeDemand::open() const {
  return asked.has_value() ? std::max<int64_t>(0, *asked - paid - waived - disputed) : 0;
}

std::string FeeDemand::Text() const {
  const bool is_touched = paid > 0 || waived > 0 || disputed > 0 || !without_amount.empty();
  if (!is_touched && (!is_owed || !asked.has_value())) return "";
  if (!asked.has_value()) return paid > 0 ? BalanceText(asked, paid, waived, disputed, 0) : "";
  return absl::StrCat(BalanceText(asked, paid, waived, disputed, 0),
                      without_amount.empty() || settled_by >= 0
                          ? ""
                          : "; a payment without an amount is not counted");
}

FeeAccount::FeeAccount(const Folded& events) {
  for (const FoldedEvent& event : events.events()) {
    if (!IsLetter(event.type())) continue;
    FeeDemand& demand = demands_.emplace_back();
    demand.position = event.position;
    demand.is_owed = AsksForMoney(event.type());
    demand.asked = AmountOf(event);
    // A letter over nothing asks for nothing.
    if (demand.asked == 0) demand.settled_by = event.position;
  }
  for (const FoldedEvent& event : events.events()) Credit(events, event);
}

void FeeAccount::Credit(const Folded& events, const FoldedEvent& event) {
  const std::string& outcome = AttributeOf(*event.event, "outcome");
  std::optional<int64_t> amount = AmountOf(event);
  int64_t FeeDemand::*credit = nullptr;
  bool is_whole = false;  // it answers all that is open, whatever it says of amounts
  switch (event.type()) {
    case v1::EVENT_TYPE_PAID:
      credit = &FeeDemand::paid;
      break;
    case v1::EVENT_TYPE_FEE_DISPUTED:
      credit = &FeeDemand::disputed;
      is_whole = !amount.has_value();
      break;
    case v1::EVENT_TYPE_FEE_WAIVER_DECIDED:
      if (outcome != "granted" && (outcome != "partly" || !amount.has_value())) return;
      credit = &FeeDemand::waived;
      is_whole = outcome == "granted";
      break;
    case v1::EVENT_TYPE_REFUNDED:
      refunded_ += amount.value_or(0);
      return;
    default:
      return;
  }
  const std::string& of = AttributeOf(*event.event, "of");
  std::vector<FeeDemand*> targets;
  FeeDemand* last_owed = nullptr;
  for (const bool owed : {true, false}) {
    // An estimate is answered by money only where no letter asks for any.
    if (!owed && credit != &FeeDemand::waived && (!targets.empty() || last_owed != nullptr)) break;
    for (FeeDemand& demand : demands_) {
      if (demand.is_owed != owed) continue;
      const FoldedEvent& letter = events.events()[static_cast<size_t>(demand.position)];
      if (of.empty() ? demand.position > event.position : !events.IsNamed(letter, of)) continue;
      if (owed) last_owed = &demand;
      if (demand.settled_by < 0 || !of.empty()) targets.push_back(&demand);
    }
  }
  if (targets.empty() && last_owed != nullptr) targets.push_back(last_owed);
  for (FeeDemand* demand : targets) {
    if (is_whole) {
      demand->*credit += demand->open();
    } else if (!amount.has_value()) {
      demand->without_amount.push_back(event.position);
      if (demand->asked.has_value()) continue;
    } else {
      const bool is_last = demand == targets.back();
      const int64_t part =
          demand->asked.has_value() && !is_last ? std::min(*amount, demand->open()) : *amount;
      demand->*credit += part;
      *amount -= part;
    }
    if (demand->open() == 0 && demand->settled_by < 0) demand->settled_by = event.position;
    if (amount.has_value() && *amount == 0 && !is_whole) break;
  }
}

const FeeDemand* FeeAccount::At(int position) const {
  const auto found = std::find_if(demands_.begin(), demands_.end(), [&](const FeeDemand& demand) {
    return demand.position == position;
  });
  return found == demands_.end() ? nullptr : &*found;
}

std::string FeeAccount::Text() const {
  std::optional<int64_t> asked;
  int64_t paid = 0;
  int64_t waived = 0;
  int64_t disputed = 0;
  for (const FeeDemand& demand : demands_) {
    paid += demand.paid;
    if (!demand.is_owed) continue;
    if (demand.asked.has_value()) asked = asked.value_or(0) + *demand.asked;
    waived += demand.waived;
    disputed += demand.disputed;
  }
  if (!asked.has_value() && paid == 0) return "";
  return BalanceText(asked, paid, waived, disputed, refunded_);
}

bool FeeAccount::IsSettled() const {
  bool is_any = false;
  for (const FeeDemand& demand : demands_) {
    if (!demand.is_owed) continue;
    if (demand.settled_by < 0) return false;
    is_any = true;
  }
  return is_any;
}

}  // namespace foia::tracker
