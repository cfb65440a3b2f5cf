// How fast deadlines are computed: the docket of a large office is recomputed when rules change.
#include <algorithm>
#include <ctime>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "services/tracker/deadlines/right_to_sue.h"
#include "services/tracker/regions.h"
#include "services/tracker/rules/rule_book.h"
#include "services/tracker/rules/vectors.h"
#include "services/tracker/timeline.h"

namespace foia::tracker {
namespace {

constexpr std::string_view kHistory =
    "2022-12-20 received_any;2023-01-04 received_proper;2023-01-10 info_toll_start;"
    "2023-01-20 info_toll_stop;2023-02-01 fee_toll_start;2023-02-06 fee_toll_stop;"
    "2023-02-10 extension_notice days=10;2023-04-03 adverse_determination;2023-05-01 appeal_sent;"
    "2023-05-08 appeal_received;2023-07-01 complaint_filed";

const RuleBook& Book() {
  static const RuleBook& book = *new RuleBook(LoadRules("").value());
  return book;
}

void BM_LoadRules(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(LoadRules("").ok());
}
BENCHMARK(BM_LoadRules)->Unit(benchmark::kMillisecond);

void BM_AddWorkingDays(benchmark::State& state) {
  const Calendar& federal = **Book().FindCalendar("federal");
  CivilDate day(2020, 1, 1);
  for (auto _ : state) {
    benchmark::DoNotOptimize(federal.AddWorkingDays(day, 20));
    day = day.year() < 2030 ? day + 1 : CivilDate(2020, 1, 1);
  }
}
BENCHMARK(BM_AddWorkingDays);

// All deadlines of one request.
void BM_Compute(benchmark::State& state, std::string_view history) {
  const Rules& rules = **Book().FindRules("us-federal-dhs");
  const std::vector<DeadlineEvent> events = ParseEvents(history).value();
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        Compute(rules, rules.calendar(), events, CivilDate(2023, 8, 1)).size());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(BM_Compute, received, "2023-01-04 received");
BENCHMARK_CAPTURE(BM_Compute, full_history, kHistory);

// A history of 30 events as a request of some years has them: receipt, questions, fees, releases in
// parts, determinations, appeals, sometimes a suit; the rest is correspondence.
std::vector<DeadlineEvent> RandomHistory(std::mt19937* random) {
  const auto pick = [&](int from, int to) {
    return std::uniform_int_distribution<int>(from, to)(*random);
  };
  std::vector<DeadlineEvent> events;
  CivilDate day = CivilDate(2015, 1, 1) + pick(0, 3500);
  const auto add = [&](v1::EventType type, int days,
                       std::map<std::string, std::string, std::less<>> attributes = {}) {
    day += days;
    events.push_back({absl::StrCat("requests/r01m80y2tjfc/events/e", 100 + events.size()), type,
                      day, std::move(attributes)});
  };
  add(v1::EVENT_TYPE_SENT, 0, {{"via", "email"}});
  if (pick(0, 2) == 0) add(v1::EVENT_TYPE_DELIVERED, pick(0, 3));
  if (pick(0, 2) == 0) add(v1::EVENT_TYPE_RECEIVED_ANY, pick(0, 5));
  add(pick(0, 1) == 0 ? v1::EVENT_TYPE_RECEIVED : v1::EVENT_TYPE_RECEIVED_PROPER, pick(0, 20));
  add(v1::EVENT_TYPE_ACKNOWLEDGED, pick(0, 10));
  if (pick(0, 2) == 0) add(v1::EVENT_TYPE_EXPEDITE_REQUESTED, 0);
  if (pick(0, 3) == 0) add(v1::EVENT_TYPE_EXPEDITE_DECIDED, pick(2, 12), {{"outcome", "denied"}});
  if (pick(0, 1) == 0) {
    add(v1::EVENT_TYPE_INFO_TOLL_START, pick(1, 8));
    if (pick(0, 7) > 0) add(v1::EVENT_TYPE_INFO_TOLL_STOP, pick(1, 20));
  }
  if (pick(0, 1) == 0) {
    add(v1::EVENT_TYPE_FEE_TOLL_START, pick(1, 8));
    add(v1::EVENT_TYPE_FEE_TOLL_STOP, pick(1, 20));
  }
  if (pick(0, 1) == 0) add(v1::EVENT_TYPE_EXTENSION_NOTICE, pick(0, 10), {{"days", "10"}});
  if (pick(0, 3) == 0) add(v1::EVENT_TYPE_ESTIMATE_GIVEN, pick(0, 10), {{"date", "2026-03-02"}});
  for (int parts = pick(0, 4); parts > 0; --parts) {
    add(v1::EVENT_TYPE_PRODUCTION_SCHEDULED, pick(5, 30), {{"date", FormatDate(day + 60)}});
    add(v1::EVENT_TYPE_INTERIM_RELEASE, pick(20, 70));
    if (pick(0, 2) == 0) add(v1::EVENT_TYPE_INTERIM_DETERMINATION, 0);
  }
  for (int rounds = pick(0, 2); rounds > 0; --rounds) {
    add(v1::EVENT_TYPE_DETERMINATION, pick(5, 200), {{"outcome", "partial"}});
    if (pick(0, 2) == 0) continue;
    add(v1::EVENT_TYPE_APPEAL_SENT, pick(5, 130));
    add(v1::EVENT_TYPE_APPEAL_RECEIVED, pick(0, 7));
    if (pick(0, 1) == 0) {
      add(v1::EVENT_TYPE_APPEAL_DECIDED, pick(10, 90),
          {{"outcome", pick(0, 1) == 0 ? "remanded" : "affirmed"}});
    }
  }
  if (pick(0, 4) == 0) {
    add(v1::EVENT_TYPE_COMPLAINT_FILED, pick(10, 300));
    add(v1::EVENT_TYPE_SERVED, pick(5, 60));
    add(v1::EVENT_TYPE_ANSWERED, pick(10, 40));
    add(v1::EVENT_TYPE_COURT_ORDER, pick(5, 60), {{"date", FormatDate(day + 45)}});
  }
  if (pick(0, 3) == 0) add(v1::EVENT_TYPE_EMBARGO_SET, 0, {{"until", FormatDate(day + 400)}});
  while (events.size() < 30) {
    switch (pick(0, 3)) {
      case 0:
        add(v1::EVENT_TYPE_REMINDER_SET, pick(0, 9), {{"date", FormatDate(day + 30)}});
        break;
      case 1:
        add(v1::EVENT_TYPE_REMINDER_DONE, pick(0, 30));
        break;
      default:
        add(v1::EVENT_TYPE_NOTE, pick(0, 9));
    }
  }
  events.resize(30);
  std::shuffle(events.begin(), events.end(), *random);
  return events;
}

// All dates and the states of 100,000 requests, each with a history of its own; making the
// histories is not timed.
void BM_DatesAndStatesOfHundredThousand(benchmark::State& state) {
  const Rules& rules = **Book().FindRules("us-federal-dhs");
  std::mt19937 random(20200716);
  for (auto _ : state) {
    std::clock_t spent = 0;  // processor time: other programs on the machine do not count
    for (int chunk = 0; chunk < 100; ++chunk) {
      std::vector<std::vector<DeadlineEvent>> histories;
      for (int i = 0; i < 1000; ++i) histories.push_back(RandomHistory(&random));
      const std::clock_t start = std::clock();
      for (const std::vector<DeadlineEvent>& events : histories) {
        const std::vector<v1::Deadline> deadlines =
            Compute(rules, rules.calendar(), events, CivilDate(2024, 8, 1));
        const Timeline timeline(rules, events, deadlines);
        benchmark::DoNotOptimize(StateOf(RegionsOf(timeline, CivilDate(2024, 8, 1)), deadlines));
      }
      spent += std::clock() - start;
    }
    state.SetIterationTime(static_cast<double>(spent) / CLOCKS_PER_SEC);
  }
}
BENCHMARK(BM_DatesAndStatesOfHundredThousand)
    ->UseManualTime()
    ->Unit(benchmark::kSecond)
    ->Iterations(1);

// Every explanation of one such request.
void BM_ExplainAll(benchmark::State& state) {
  const Rules& rules = **Book().FindRules("us-federal-dhs");
  std::mt19937 random(20200716);
  std::vector<std::vector<DeadlineEvent>> histories;
  for (int i = 0; i < 100; ++i) histories.push_back(RandomHistory(&random));
  size_t next = 0;
  for (auto _ : state) {
    const std::vector<DeadlineEvent>& events = histories[next++ % histories.size()];
    benchmark::DoNotOptimize(
        ExplainAll(rules, rules.calendar(), events, CivilDate(2024, 8, 1)).size());
  }
}
BENCHMARK(BM_ExplainAll)->Unit(benchmark::kMicrosecond);

void BM_RightToSue(benchmark::State& state) {
  const Rules& rules = **Book().FindRules("us-federal-dhs");
  std::mt19937 random(20200716);
  const std::vector<DeadlineEvent> events = RandomHistory(&random);
  for (auto _ : state) {
    benchmark::DoNotOptimize(MeasureRightToSue(rules, events, CivilDate(2024, 8, 1)).text().size());
  }
}
BENCHMARK(BM_RightToSue)->Unit(benchmark::kMicrosecond);

void BM_Explain(benchmark::State& state) {
  const Rules& rules = **Book().FindRules("us-federal-dhs");
  const std::vector<DeadlineEvent> events = ParseEvents(kHistory).value();
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        Explain(rules, rules.calendar(), events, CivilDate(2023, 8, 1), "determination_due").ok());
  }
}
BENCHMARK(BM_Explain);

}  // namespace
}  // namespace foia::tracker
