#include "services/tracker/deadlines/fold.h"

#include <algorithm>
#include <limits>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "services/base/strings.h"
#include "services/tracker/deadlines/event_type.h"

namespace foia::tracker {
namespace {

// Puts day and hour into the zone of the rules. Returns what stood in the way; the event's own day
// counts then.
std::string Localize(const absl::TimeZone& zone, FoldedEvent* folded) {
  const DeadlineEvent& event = *folded->event;
  folded->day = event.effective_on;
  if (event.local_time.empty()) return "";
  folded->seconds = ParseHour(event.local_time);
  if (!folded->seconds.has_value()) {
    return absl::StrCat("'", event.local_time, "' is no hour; only the day counts");
  }
  if (event.time_zone.empty()) return "";
  absl::TimeZone own;
  if (!absl::LoadTimeZone(event.time_zone, &own)) {
    folded->seconds.reset();
    return absl::StrCat("there is no time zone '", event.time_zone, "'; only the day counts");
  }
  const absl::CivilSecond time = absl::ToCivilSecond(
      absl::FromCivil(absl::CivilSecond(event.effective_on) + *folded->seconds, own), zone);
  folded->day = CivilDate(time);
  folded->seconds = time.hour() * 3600 + time.minute() * 60 + time.second();
  return "";
}

}  // namespace

CivilDate Rules::DayOf(const DeadlineEvent& event) const {
  if (event.local_time.empty() || event.time_zone.empty()) return event.effective_on;
  FoldedEvent folded;
  folded.event = &event;
  Localize(compiled_->zone, &folded);
  return folded.day;
}

Folded::Folded(const Rules::Compiled& rules, const std::vector<DeadlineEvent>& events) {
  std::vector<std::string_view> superseded;
  for (const DeadlineEvent& event : events) {
    if (event.supersedes.empty()) continue;
    superseded.push_back(event.supersedes);
    replaced_by_.emplace(event.supersedes, event.id);
  }
  std::sort(superseded.begin(), superseded.end());
  std::vector<std::pair<const DeadlineEvent*, std::string>> problems;
  events_.reserve(events.size());
  for (const DeadlineEvent& event : events) {
    if (std::binary_search(superseded.begin(), superseded.end(), std::string_view(event.id))) {
      continue;
    }
    FoldedEvent& folded = events_.emplace_back();
    folded.event = &event;
    if (std::string problem = Localize(rules.zone, &folded); !problem.empty()) {
      problems.emplace_back(&event, std::move(problem));
    }
  }
  const auto rank = [&](const FoldedEvent& event) {
    const auto index = static_cast<size_t>(event.type());
    return index < rules.rank.size() ? rules.rank[index] : std::numeric_limits<int>::max();
  };
  std::sort(events_.begin(), events_.end(), [&](const FoldedEvent& a, const FoldedEvent& b) {
    if (a.day != b.day) return a.day < b.day;
    const int rank_a = rank(a);
    const int rank_b = rank(b);
    return rank_a != rank_b ? rank_a < rank_b : a.event->id < b.event->id;
  });
  // An id that stands twice: the first in the order counts.
  std::vector<std::string_view> seen;
  const auto is_second = [&](const FoldedEvent& event) {
    const auto at = std::lower_bound(seen.begin(), seen.end(), event.event->id);
    if (at != seen.end() && *at == event.event->id) return true;
    seen.insert(at, event.event->id);
    return false;
  };
  events_.erase(std::remove_if(events_.begin(), events_.end(), is_second), events_.end());
  for (size_t i = 0; i < events_.size(); ++i) events_[i].position = static_cast<int>(i);
  FindAppeals();
  FindAnswers(rules);
  for (const FoldedEvent& event : events_) {
    types_.Add(event.opens);
    types_.Add(event.closes);
  }
  for (auto& [event, problem] : problems) {
    for (const FoldedEvent& folded : events_) {
      if (folded.event != event) continue;
      problems_.resize(events_.size());
      problems_[static_cast<size_t>(folded.position)].push_back(
          absl::StrCat(ShowEvent(folded), ": ", problem));
    }
  }
  FindTwins();
  FindTolls(rules);
}

const FoldedEvent* Folded::First(const EventSet& types) const {
  if (!types.Meets(types_)) return nullptr;
  for (const FoldedEvent& event : events_) {
    if (types.Has(event.type())) return &event;
  }
  return nullptr;
}

bool Folded::IsNamed(const FoldedEvent& event, const std::string& name) const {
  const auto is_id = [&name](std::string_view id) {
    return id == name || absl::EndsWith(ToAbsl(id), absl::StrCat("/", name));
  };
  if (is_id(event.event->id)) return true;
  for (const auto& [id, first_replacement] : replaced_by_) {
    if (!is_id(id)) continue;
    // Each step leads to another event, so there are at most as many.
    std::string_view replacement = first_replacement;
    for (size_t steps = 0; steps < replaced_by_.size(); ++steps) {
      if (replacement == event.event->id) return true;
      const auto next = replaced_by_.find(replacement);
      if (next == replaced_by_.end()) break;
      replacement = next->second;
    }
  }
  return false;
}

const std::vector<std::string>& Folded::ProblemsOf(const FoldedEvent& event) const {
  static const std::vector<std::string>& none = *new std::vector<std::string>;
  return problems_.empty() ? none : problems_[static_cast<size_t>(event.position)];
}

void Folded::FindAnswers(const Rules::Compiled& rules) {
  FoldedEvent* last = nullptr;  // the answer that stands
  std::vector<FoldedEvent*> unclear;
  for (FoldedEvent& event : events_) {
    event.opens.Add(event.type());
    event.closes.Add(event.type());
    // The request is open again: what closes it from now on answers anew.
    if (event.type() == v1::EVENT_TYPE_REOPENED ||
        (event.type() == v1::EVENT_TYPE_APPEAL_DECIDED && event.issue.empty() &&
         AttributeOf(*event.event, "outcome") == "remanded")) {
      last = nullptr;
    }
    event.answer = AnswerOf(rules, *event.event);
    if (event.answer == Answer::kNone) continue;
    if (rules.answers.closing.Has(event.type())) {
      const std::string& outcome = AttributeOf(*event.event, "outcome");
      const bool is_reopened = std::any_of(
          events_.begin() + event.position, events_.end(),
          [](const FoldedEvent& later) { return later.type() == v1::EVENT_TYPE_REOPENED; });
      const bool says_nothing = event.answer == Answer::kUnclear;
      const bool says_the_same =
          last != nullptr && (outcome == AttributeOf(*last->event, "outcome") ||
                              (IsAdverse(event.answer) && IsAdverse(last->answer) &&
                               AttributeOf(*last->event, "outcome").empty()));
      if (says_the_same || (says_nothing && (last != nullptr || is_reopened))) {
        event.answer = Answer::kRepeated;
        continue;
      }
    }
    if (!rules.answers.interim.Has(event.type())) last = &event;
    if (event.answer == Answer::kUnclear) unclear.push_back(&event);
    if (event.answer == Answer::kGranted) {
      // Who has everything in the end has nothing to appeal.
      for (FoldedEvent* earlier : unclear) earlier->answer = Answer::kGranted;
      unclear.clear();
    }
  }
  for (FoldedEvent& event : events_) {
    if (event.answer == Answer::kNone || event.answer == Answer::kRepeated) continue;
    const bool is_whole = rules.answers.events.Has(event.type());
    if (is_whole) event.closes.Add(v1::EVENT_TYPE_DETERMINATION);
    if (event.answer == Answer::kGranted) continue;
    event.opens.Add(v1::EVENT_TYPE_ADVERSE_DETERMINATION);
    if (event.answer == Answer::kUnclear) continue;
    if (is_whole) event.closes.Add(v1::EVENT_TYPE_ADVERSE_DETERMINATION);
    if (event.answer != Answer::kRefused || !is_whole) continue;
    event.opens.Add(v1::EVENT_TYPE_DENIED);
    event.closes.Add(v1::EVENT_TYPE_DENIED);
  }
}

void Folded::FindAppeals() {
  for (FoldedEvent& event : events_) {
    switch (event.type()) {
      case v1::EVENT_TYPE_EXPEDITE_REQUESTED:
      case v1::EVENT_TYPE_EXPEDITE_DECIDED:
        event.issue = "expedite";
        break;
      case v1::EVENT_TYPE_FEE_WAIVER_REQUESTED:
      case v1::EVENT_TYPE_FEE_WAIVER_DECIDED:
        event.issue = "fee";
        break;
      case v1::EVENT_TYPE_APPEAL_SENT:
        AddToAppeal(event, &AppealLetters::sent);
        break;
      case v1::EVENT_TYPE_APPEAL_RECEIVED:
        AddToAppeal(event, &AppealLetters::received);
        break;
      case v1::EVENT_TYPE_APPEAL_DECIDED:
        AddToAppeal(event, &AppealLetters::decided);
        break;
      case v1::EVENT_TYPE_APPEAL_WITHDRAWN:
        AddToAppeal(event, &AppealLetters::withdrawn);
        break;
      default:
        break;
    }
  }
}

std::string_view Folded::IssueOf(const AppealLetters& appeal) const {
  for (const int letter : {appeal.sent, appeal.received, appeal.decided, appeal.withdrawn}) {
    if (letter < 0) continue;
    const FoldedEvent& event = events_[static_cast<size_t>(letter)];
    if (!event.issue.empty()) return event.issue;
    if (const std::string& issue = AttributeOf(*event.event, "issue"); !issue.empty()) return issue;
  }
  return "";
}

void Folded::AddToAppeal(FoldedEvent& letter, int AppealLetters::*place) {
  const DeadlineEvent& event = *letter.event;
  const std::string& determination = AttributeOf(event, "determination");
  const std::string& of = determination.empty() ? AttributeOf(event, "of") : determination;
  const std::string& number = AttributeOf(event, "appeal");
  const std::string& issue = AttributeOf(event, "issue");
  const auto known = [this](const AppealLetters& appeal, std::string_view name) {
    for (const int at : {appeal.sent, appeal.received}) {
      if (at < 0) continue;
      const std::string& value = AttributeOf(*events_[static_cast<size_t>(at)].event, name);
      if (!value.empty()) return std::string_view(value);
    }
    return std::string_view();
  };
  // Names the appeal by one of its letters, or what the appeal is against.
  const auto is_named = [&](const AppealLetters& appeal) {
    return known(appeal, "of") == of || known(appeal, "determination") == of ||
           std::any_of(events_.begin(), events_.end(), [&](const FoldedEvent& other) {
             return (other.position == appeal.sent || other.position == appeal.received) &&
                    IsNamed(other, of);
           });
  };
  const bool is_filing = place == &AppealLetters::sent;
  AppealLetters* found = nullptr;
  for (AppealLetters& appeal : appeals_) {
    if (is_filing || found != nullptr || appeal.*place >= 0 || appeal.is_over()) continue;
    const std::string_view its_number = known(appeal, "appeal");
    const std::string_view its_issue = IssueOf(appeal);
    if (!of.empty() && !is_named(appeal)) continue;
    if (!number.empty() && !its_number.empty() && its_number != number) continue;
    if (!issue.empty() && !its_issue.empty() && its_issue != issue) continue;
    found = &appeal;
  }
  if (found == nullptr) found = &appeals_.emplace_back();
  found->*place = letter.position;
  letter.issue = issue;
  for (const FoldedEvent& target : events_) {
    if (letter.issue.empty() && !of.empty() && IsNamed(target, of)) {
      letter.issue = target.issue;
    }
  }
  if (letter.issue.empty()) letter.issue = IssueOf(*found);
  // Everything else an appeal can be about is the answer to the request, and a file that was closed
  // over money was answered.
  const auto is_waiver = [](const FoldedEvent& other) {
    return other.type() == v1::EVENT_TYPE_FEE_WAIVER_DECIDED;
  };
  const auto is_unpaid = [](const FoldedEvent& other) {
    return AttributeOf(*other.event, "outcome") == "fee_nonpayment";
  };
  const bool is_aside =
      letter.issue == "expedite" ||
      (letter.issue == "fee" && (std::any_of(events_.begin(), events_.end(), is_waiver) ||
                                 std::none_of(events_.begin(), events_.end(), is_unpaid)));
  if (!is_aside) letter.issue = "";
}

void Folded::FindTwins() {
  for (size_t i = 1; i < events_.size(); ++i) {
    const DeadlineEvent& event = *events_[i].event;
    // The order puts events of one day and type beside each other.
    for (size_t j = i; j-- > 0;) {
      const DeadlineEvent& other = *events_[j].event;
      if (events_[j].day != events_[i].day || other.type != event.type) break;
      if (other.attributes != event.attributes || other.local_time != event.local_time) continue;
      problems_.resize(events_.size());
      for (const size_t each : {j, i}) {
        problems_[each].push_back(absl::StrCat(ShowEvent(events_[i]), " is recorded twice (events ",
                                               other.id, " and ", event.id, ")"));
      }
      break;
    }
  }
}

void Folded::FindTolls(const Rules::Compiled& rules) {
  tolls_.resize(rules.tolls.size());
  for (size_t i = 0; i < rules.tolls.size(); ++i) {
    const CompiledToll& names = rules.tolls[i];
    if (!types_.Has(names.start) && !types_.Has(names.stop)) continue;
    const v1::TollRule& rule = rules.rules.tolls(static_cast<int>(i));
    auto& [tolls, warnings] = tolls_[i];
    std::vector<const FoldedEvent*> left;
    for (const FoldedEvent& event : events_) {
      if (event.type() == names.start || event.type() == names.stop) left.push_back(&event);
    }
    // Questions that wait for an answer. The last answer before the next question answers them all.
    int waiting = 0;
    while (!left.empty()) {
      // Of one day's events, the one that can do something comes first: an answer when a question
      // waits, else a question. So one question may be answered and the next asked on one day.
      auto next = left.begin();
      while (next != left.end() && (*next)->day == left.front()->day &&
             ((*next)->type() == names.stop) != (waiting > 0)) {
        ++next;
      }
      if (next == left.end() || (*next)->day != left.front()->day) next = left.begin();
      const FoldedEvent& event = **next;
      left.erase(next);
      if (event.type() == names.stop) {
        if (waiting == 0) {
          warnings.push_back(
              absl::StrCat(ShowEvent(event), " ends nothing: the clock was not stopped"));
          continue;
        }
        const bool is_last = left.empty() || left.front()->type() != names.stop;
        waiting = is_last ? 0 : waiting - 1;
        if (waiting == 0) tolls.back().stop = event;
      } else if (rule.max_count() > 0 && static_cast<int>(tolls.size()) >= rule.max_count()) {
        warnings.push_back(absl::StrCat(ShowEvent(event),
                                        " does not stop the clock: the law allows ",
                                        rule.max_count(), " (", rule.citation(), ")"));
      } else if (++waiting == 1) {
        tolls.push_back({static_cast<int>(i), event, {}});
      }
    }
  }
}

std::string ShowEvent(const FoldedEvent& event) {
  return absl::StrCat(EventTypeName(event.type()), " of ", FormatDate(event.date()));
}

}  // namespace foia::tracker
