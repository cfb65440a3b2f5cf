// Internal to the engine: events in their total order, without what was superseded.
#ifndef FOIA_SERVICES_TRACKER_DEADLINES_FOLD_H_
#define FOIA_SERVICES_TRACKER_DEADLINES_FOLD_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/tracker/deadlines/compiled.h"

namespace foia::tracker {

// An event that stands, and its place in the order. Keeps a pointer to the caller's event.
struct FoldedEvent {
  const DeadlineEvent* event = nullptr;
  int position = 0;
  // In the jurisdiction's zone.
  CivilDate day;
  std::optional<int> seconds;  // of the day

  Answer answer = Answer::kNone;
  // What it may start, and what it may meet or end: its own type, and what its outcome makes of it.
  EventSet opens;
  EventSet closes;
  // What it is about when that is not the request itself: "fee", "expedite".
  std::string_view issue;

  CivilDate date() const { return day; }
  v1::EventType type() const { return event->type; }
};

// The letters of one appeal, by position; -1 for one that nobody recorded.
struct AppealLetters {
  int sent = -1;
  int received = -1;
  int decided = -1;
  int withdrawn = -1;

  bool is_over() const { return decided >= 0 || withdrawn >= 0; }
};

// A time in which a toll rule stops a period: (start, stop].
struct Toll {
  int rule = 0;  // index into Jurisdiction.tolls
  FoldedEvent start;
  FoldedEvent stop;  // without event while the toll is open

  bool open() const { return stop.event == nullptr; }
};

// Order: date in the jurisdiction's zone, rank of the type, event id. Two events of one id count
// once.
class Folded {
 public:
  Folded(const Rules::Compiled& rules, const std::vector<DeadlineEvent>& events);

  const std::vector<FoldedEvent>& events() const { return events_; }
  // The types of all of them, and what their outcomes make of them.
  const EventSet& types() const { return types_; }
  // The first of one of the types; null when there is none.
  const FoldedEvent* First(const EventSet& types) const;

  struct Tolls {
    std::vector<Toll> tolls;            // by start
    std::vector<std::string> warnings;  // a sentence for each event that stops nothing
  };
  // Of the toll rule `index`.
  const Tolls& TollsOf(int index) const { return tolls_[static_cast<size_t>(index)]; }

  // Appeals to the agency, the earliest first. A letter belongs to the appeal of its number or
  // issue, or else to the oldest that still lacks it.
  const std::vector<AppealLetters>& appeals() const { return appeals_; }

  // Whether `name` is the id of `event`, whole or without the path before it, or that of an event
  // that it replaced.
  bool IsNamed(const FoldedEvent& event, const std::string& name) const;

  // What is wrong with the event itself: an hour or zone that is none, a second record of it.
  const std::vector<std::string>& ProblemsOf(const FoldedEvent& event) const;

 private:
  void FindTolls(const Rules::Compiled& rules);
  void FindTwins();
  void FindAnswers(const Rules::Compiled& rules);
  void FindAppeals();
  void AddToAppeal(FoldedEvent& letter, int AppealLetters::*place);
  std::string_view IssueOf(const AppealLetters& appeal) const;

  std::vector<FoldedEvent> events_;
  EventSet types_;
  std::vector<AppealLetters> appeals_;
  std::map<std::string_view, std::string_view> replaced_by_;  // ids
  std::vector<Tolls> tolls_;
  std::vector<std::vector<std::string>> problems_;  // by position; empty: no event has any
};

// "adverse_determination of 2024-08-01".
std::string ShowEvent(const FoldedEvent& event);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_DEADLINES_FOLD_H_
