// How fast deadlines are computed: the docket of a large office is recomputed when rules change.
#include "benchmark/benchmark.h"
#include "services/tracker/rules/rule_book.h"
#include "services/tracker/rules/vectors.h"

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
