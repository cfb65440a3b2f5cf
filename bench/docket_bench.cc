// A docket of 100,000 requests on RocksDB: reading a page, recording an event, starting,
// rebuilding. The bars: a page of 50 rows under 50 ms, an event with its new dates under 10 ms.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "benchmark/benchmark.h"
#include "services/base/crypto.h"
#include "services/base/log.h"
#include "services/tracker/agencies.h"
#include "services/tracker/requests.h"
#include "storage/kv/rocksdb_store.h"

namespace foia::tracker {
namespace {

constexpr int kRequests = 100'000;

template <typename T>
T Must(absl::StatusOr<T> value) {
  if (!value.ok()) {
    absl::FPrintF(stderr, "%s\n", value.status().ToString());
    std::abort();
  }
  return *std::move(value);
}
void Must(const absl::Status& status) {
  if (!status.ok()) std::abort();
}

Principal Caller() {
  Principal caller;
  caller.set_name("people/ann");
  for (const char* label : {"labels/private", "labels/a", "labels/b"}) {
    (*caller.mutable_roles())[label] = access::v1::ROLE_OWNER;
  }
  return caller;
}

// The tracker of a large office, made once, on disk.
class Office {
 public:
  static Office& Get() {
    static Office& office = *new Office();
    return office;
  }
  Office() : directory_(std::filesystem::temp_directory_path() / "foia-docket-bench") {
    SetLogThreshold(Severity::kError);
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    std::atexit([] { std::filesystem::remove_all(Get().directory_); });
    rules_ = std::make_unique<RulesInForce>(Must(LoadRules("")));
    store_ = Must(storage::OpenRocksDb({.directory = (directory_ / "kv").string()}));
    agencies_ = Must(Agencies::Open(store_.get(), &clock_, rules_.get()));
    Fill();
    Reopen();
  }

  // Opens the tracker anew: loads the index, or builds it when it is not there.
  void Reopen() {
    requests_.reset();
    requests_ = Must(Requests::Open(store_.get(), &clock_, rules_.get(), agencies_.get()));
  }
  void DropIndex() {
    storage::WriteBatch batch;
    batch.DeleteRange("docket/", "docket0");
    Must(store_->Commit(batch));
  }
  Requests& requests() { return *requests_; }
  const std::string& name(size_t i) const { return names_[i % names_.size()]; }

 private:
  // Histories of three to nine events from 2018 to the day of the clock, written in large batches.
  void Fill() {
    const char* agencies[] = {"DHS/ICE/ERO", "DHS/CBP", "DOJ/FBI", "DHS/USCIS", "EPA", "DOI"};
    std::vector<std::string> agency_names;
    for (const char* agency : agencies) {
      if (const auto found = agencies_->Find(agency); found.ok()) {
        agency_names.push_back(found->name());
      }
    }
    if (agency_names.empty()) std::abort();
    storage::WriteBatch batch;
    for (int i = 0; i < kRequests; ++i) {
      v1::Request request;
      request.set_name(absl::StrFormat("requests/r%026d", i));
      request.set_agency(agency_names[static_cast<size_t>(i) % agency_names.size()]);
      request.set_subject(absl::StrFormat("Records of programme %d at field office %d", i, i % 97));
      request.set_label(i % 3 == 0 ? "labels/private" : i % 3 == 1 ? "labels/a" : "labels/b");
      request.set_owner(absl::StrCat("people/p", i % 40));
      if (i % 5 != 0) request.set_matter(absl::StrCat("matters/m", i % 300));
      request.add_tags(absl::StrCat("tag", i % 50));
      request.set_notes("Asked for by the coalition; see the letter of the field office.");
      batch.Put(RequestKey(request.name()), request.SerializeAsString());
      AddLog(request.name(), i, batch);
      names_.push_back(request.name());
      if (batch.operations().size() > 20'000) {
        Must(store_->Commit(batch));
        batch = storage::WriteBatch();
      }
    }
    Must(store_->Commit(batch));
  }

  static void AddLog(const std::string& name, int i, storage::WriteBatch& batch) {
    const CivilDate start = CivilDate(2018, 1, 2) + (i * 7) % 3240;
    std::vector<std::pair<v1::EventType, int>> events = {{v1::EVENT_TYPE_SENT, 0}};
    if (i % 20 != 0) {  // the others wait for a receipt
      events.insert(events.end(), {{v1::EVENT_TYPE_RECEIVED, 2}, {v1::EVENT_TYPE_ACKNOWLEDGED, 6}});
      if (i % 4 == 0) {
        events.insert(events.end(),
                      {{v1::EVENT_TYPE_FEE_TOLL_START, 8}, {v1::EVENT_TYPE_FEE_TOLL_STOP, 14}});
      }
      if (i % 3 == 0) events.emplace_back(v1::EVENT_TYPE_EXTENSION_NOTICE, 20);
      if (i % 2 == 0) events.emplace_back(v1::EVENT_TYPE_ADVERSE_DETERMINATION, 60);
      if (i % 6 == 0) {
        events.insert(events.end(),
                      {{v1::EVENT_TYPE_APPEAL_SENT, 90}, {v1::EVENT_TYPE_APPEAL_RECEIVED, 93}});
      }
      if (i % 10 == 0) events.emplace_back(v1::EVENT_TYPE_CLOSED, 200);
    }
    std::string hash;
    uint32_t number = 0;
    for (const auto& [type, day] : events) {
      v1::Event event;
      event.set_name(absl::StrFormat("%s/events/e%026d", name, number));
      event.set_type(type);
      *event.mutable_effective_on() = DateToProto(start + day);
      v1::StoredEvent record;
      record.set_payload(event.SerializeAsString());
      record.set_previous_hash(hash);
      hash = Sha256(hash + record.payload());
      record.set_hash(hash);
      std::string key = EventPrefix(name);
      storage::AppendBigEndian32(number++, key);
      batch.Put(key, record.SerializeAsString());
    }
    std::string head;
    storage::AppendBigEndian32(number, head);
    batch.Put(HeadKey(name), head + hash);
  }

  const std::filesystem::path directory_;
  ManualClock clock_{
      absl::FromCivil(absl::CivilSecond(2026, 11, 22, 12, 0, 0), absl::UTCTimeZone())};
  std::unique_ptr<RulesInForce> rules_;
  std::unique_ptr<storage::KeyValueStore> store_;
  std::unique_ptr<Agencies> agencies_;
  std::unique_ptr<Requests> requests_;
  std::vector<std::string> names_;
};

// Median and 99th percentile as counters, in milliseconds.
class Times {
 public:
  template <typename Work>
  void Measure(benchmark::State& state, const Work& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    times_.push_back(took.count() * 1000);
    state.SetIterationTime(took.count());
  }
  void Report(benchmark::State& state) {
    std::sort(times_.begin(), times_.end());
    state.counters["median_ms"] = times_[times_.size() / 2];
    state.counters["p99_ms"] = times_[times_.size() * 99 / 100];
  }

 private:
  std::vector<double> times_;
};

void Page(benchmark::State& state, const v1::ListDocketRequest& request) {
  Office& office = Office::Get();
  Times times;
  v1::ListDocketResponse response;
  for (auto _ : state) {
    times.Measure(state, [&] { response = Must(office.requests().ListDocket(Caller(), request)); });
  }
  state.counters["rows"] = response.entries_size();
  state.counters["all"] = response.counts().all();
  times.Report(state);
}

void BM_View(benchmark::State& state, v1::DocketView view) {
  v1::ListDocketRequest request;
  request.set_view(view);
  Page(state, request);
}
void BM_Order(benchmark::State& state, v1::DocketOrder order) {
  v1::ListDocketRequest request;
  request.set_order(order);
  Page(state, request);
}
void BM_Filter(benchmark::State& state, const char* what) {
  v1::ListDocketRequest request;
  v1::RequestFilter& filter = *request.mutable_filter();
  const std::string_view name = what;
  if (name == "owner") filter.set_owner("people/p7");
  if (name == "matter") filter.set_matter("matters/m7");
  if (name == "agency") filter.set_agency("DHS");
  if (name == "state") filter.set_state(v1::REQUEST_STATE_OVERDUE);
  if (name == "tag") filter.set_tag("tag7");
  if (name == "text") filter.set_text("office 96");
  if (name == "text_not_there") filter.set_text("no such words");
  Page(state, request);
}
// The second page, by its token.
void BM_NextPage(benchmark::State& state) {
  v1::ListDocketRequest request;
  request.set_page_token(
      Must(Office::Get().requests().ListDocket(Caller(), request)).next_page_token());
  Page(state, request);
}

// Recording a fact, synced to disk; the answer has the new dates.
void BM_CreateEvent(benchmark::State& state) {
  Office& office = Office::Get();
  Times times;
  size_t i = 0;
  for (auto _ : state) {
    v1::CreateEventRequest request;
    request.set_parent(office.name(i * 20 + 1));  // received, nothing closed
    request.mutable_event()->set_type(v1::EVENT_TYPE_ESTIMATE_GIVEN);
    *request.mutable_event()->mutable_effective_on() =
        DateToProto(CivilDate(2026, 11, 1) + static_cast<int>(i / 5000));
    (*request.mutable_event()->mutable_attributes())["date"] = "2027-01-15";
    request.set_accept_conflict(true);
    ++i;
    times.Measure(state, [&] {
      benchmark::DoNotOptimize(Must(office.requests().CreateEvent(Caller(), request)));
      v1::ComputeDeadlinesRequest dates;
      dates.set_name(request.parent());
      benchmark::DoNotOptimize(Must(office.requests().ComputeDeadlines(Caller(), dates)));
    });
  }
  times.Report(state);
}

void BM_Start(benchmark::State& state) {
  Times times;
  for (auto _ : state) times.Measure(state, [] { Office::Get().Reopen(); });
  times.Report(state);
}

void BM_Rebuild(benchmark::State& state) {
  Times times;
  for (auto _ : state) {
    Office::Get().DropIndex();
    times.Measure(state, [] { Office::Get().Reopen(); });
  }
  times.Report(state);
}

BENCHMARK_CAPTURE(BM_View, all, v1::DOCKET_VIEW_ALL)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_View, due_this_week, v1::DOCKET_VIEW_DUE_THIS_WEEK)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_View, overdue, v1::DOCKET_VIEW_OVERDUE)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_View, waiting_on_us, v1::DOCKET_VIEW_WAITING_ON_US)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_View, new, v1::DOCKET_VIEW_NEW)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Order, owner, v1::DOCKET_ORDER_OWNER)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Order, matter, v1::DOCKET_ORDER_MATTER)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Order, agency, v1::DOCKET_ORDER_AGENCY)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Filter, owner, "owner")->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Filter, matter, "matter")->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Filter, agency, "agency")->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Filter, state, "state")->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Filter, tag, "tag")->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Filter, text, "text")->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Filter, text_not_there, "text_not_there")
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(BM_NextPage)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(BM_CreateEvent)->UseManualTime()->Iterations(1000)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Start)->UseManualTime()->Iterations(3)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Rebuild)->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace foia::tracker
