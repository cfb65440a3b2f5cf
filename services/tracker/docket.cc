#include "services/tracker/docket.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <tuple>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "foia/tracker/v1/matter.pb.h"
#include "services/access/policy.h"
#include "services/base/error.h"
#include "services/base/log.h"
#include "services/base/page_token.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/tracker/changes.h"
#include "services/tracker/fields.h"
#include "services/tracker/timeline.h"

namespace foia::tracker {
namespace {

using storage::Precondition;
using storage::ScanOptions;
using storage::Snapshot;
using storage::WriteBatch;

// Raised whenever other code computes other records from the same events and rules.
constexpr int kRecordVersion = 4;
constexpr std::string_view kDocketPrefix = "docket/";
// Requests whose moved dates a replacement of rules lists.
constexpr int kMaxMoved = 1000;
// Records in one batch of a rebuild.
constexpr size_t kBatch = 1000;
constexpr uint32_t kNoRow = std::numeric_limits<uint32_t>::max();
constexpr int kMaxExcluded = 100;
// Rows that may be passed over: they are found in the heap of what is asked for.
constexpr int kMaxSkip = 1'000'000;
// Sorts after every word.
constexpr std::string_view kLast = "\xff";

// docket/{rules}/: the rules and whatever else a record rests on.
std::string RecordPrefix(const RuleBook& book) {
  return absl::StrCat(ToAbsl(kDocketPrefix), book.digest().substr(0, 16), "-", FOIA_VERSION, "-",
                      kRecordVersion, "/");
}

std::string Folded(std::string_view text) { return absl::AsciiStrToLower(ToAbsl(text)); }

// Deletes what other rules have left behind.
void DeleteOtherRecords(const std::string& prefix, WriteBatch& batch) {
  batch.DeleteRange(kDocketPrefix, prefix);
  batch.DeleteRange(storage::PrefixEnd(prefix), storage::PrefixEnd(kDocketPrefix));
}

// The dates of the rows, by what they are the dates of.
std::set<std::tuple<std::string, std::string, std::string>> DatesOf(
    const v1::StoredDocket& docket) {
  std::set<std::tuple<std::string, std::string, std::string>> dates;
  for (const v1::StoredDocketRow& row : docket.rows()) {
    dates.emplace(row.deadline().id(), row.deadline().trigger_event_id(),
                  row.deadline().date().SerializeAsString());
  }
  return dates;
}

v1::StoredDocket ParseRecord(std::string_view bytes) {
  v1::StoredDocket docket;
  docket.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  return docket;
}

// A reader of records in order of the requests' names.
class RecordReader {
 public:
  RecordReader(storage::KeyValueStore* store, const Snapshot* snapshot, std::string prefix)
      : prefix_(std::move(prefix)) {
    ScanOptions scan = ScanOptions::Prefix(prefix_);
    scan.snapshot = snapshot;
    records_ = store->Scan(scan);
  }
  // Each name comes after the last one.
  std::optional<std::string_view> Find(const std::string& name) {
    const std::string key = prefix_ + name;
    if (records_->Valid() && records_->key() < key) records_->Seek(key);
    if (!records_->Valid() || records_->key() != key) return std::nullopt;
    return records_->value();
  }

 private:
  const std::string prefix_;
  std::unique_ptr<storage::Iterator> records_;
};

// Writes in batches; the index may be written in any order, since opening checks every record.
class BatchWriter {
 public:
  explicit BatchWriter(storage::KeyValueStore* store) : store_(store) {}
  absl::Status Put(const std::string& key, const v1::StoredDocket& docket) {
    batch_.Put(key, docket.SerializeAsString());
    return batch_.operations().size() < kBatch ? absl::OkStatus() : Flush();
  }
  absl::Status Flush() {
    if (batch_.empty()) return absl::OkStatus();
    const absl::Status status = store_->Commit(batch_);
    batch_ = WriteBatch();
    return status;
  }

 private:
  storage::KeyValueStore* const store_;
  WriteBatch batch_;
};

// Rows to pass over, on the first page only.
absl::StatusOr<size_t> CheckSkip(int skip, std::string_view last_key) {
  if (skip < 0 || skip > kMaxSkip) {
    return InvalidFields({{"skip", absl::StrCat("must lie between 0 and ", kMaxSkip)}});
  }
  return last_key.empty() ? static_cast<size_t>(skip) : 0;
}

absl::StatusOr<Day> CheckDays(int days) {
  constexpr int kMostDays = 36'525;
  if (days < 0 || days > kMostDays) {
    return InvalidFields({{"days", absl::StrCat("must lie between 0 and ", kMostDays)}});
  }
  return days == 0 ? kNearDays : days;
}

// Adds a row to the numbers of the views that show it.
void Count(const Standing& standing, Window window, v1::DocketCounts& counts) {
  const auto raise = [&counts](void (v1::DocketCounts::*set)(int32_t),
                               int32_t (v1::DocketCounts::*get)() const, bool holds) {
    if (holds) (counts.*set)((counts.*get)() + 1);
  };
  using Counts = v1::DocketCounts;
  raise(&Counts::set_dismissed, &Counts::dismissed, standing.dismissed);
  if (!standing.shown) return;
  raise(&Counts::set_all, &Counts::all, true);
  raise(&Counts::set_now, &Counts::now, window == Window::kWithin);
  raise(&Counts::set_due_this_week, &Counts::due_this_week, standing.due_this_week);
  raise(&Counts::set_overdue, &Counts::overdue, standing.overdue);
  raise(&Counts::set_waiting_on_us, &Counts::waiting_on_us, standing.waiting_on_us);
  raise(&Counts::set_new_requests, &Counts::new_requests, standing.is_new);
}

bool IsAsked(v1::DocketView view, const Standing& standing, Window window) {
  if (view == v1::DOCKET_VIEW_DISMISSED) return standing.dismissed;
  if (!standing.shown) return false;
  switch (view) {
    case v1::DOCKET_VIEW_NOW:
      return window == Window::kWithin;
    case v1::DOCKET_VIEW_DUE_THIS_WEEK:
      return standing.due_this_week;
    case v1::DOCKET_VIEW_OVERDUE:
      return standing.overdue;
    case v1::DOCKET_VIEW_WAITING_ON_US:
      return standing.waiting_on_us;
    case v1::DOCKET_VIEW_NEW:
      return standing.is_new;
    default:
      return true;
  }
}

size_t HashOfFiling(const v1::Request& request) {
  return std::hash<std::string>()(absl::StrCat(request.agency(), "\n", FilingKey(request)));
}

}  // namespace

uint32_t Docket::Words::Add(const std::string& word) {
  const auto [found, is_new] = numbers_.emplace(word, static_cast<uint32_t>(words_.size()));
  if (is_new) words_.push_back(word);
  return found->second;
}

std::optional<uint32_t> Docket::Words::Find(const std::string& word) const {
  const auto found = numbers_.find(word);
  return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

v1::RequestState Docket::Record::HeadlineOn(Day day) const {
  for (const Headline& headline : headlines) {
    if (headline.from <= day) return headline.state;
  }
  return v1::REQUEST_STATE_UNSPECIFIED;
}

// A row, or a request without one, on its way to a page.
struct Docket::Candidate {
  uint32_t group = 0;    // place of its owner, matter, ... in the order asked for
  std::string_view key;  // its subject, number or state, where that is the order
  int lead_rank = 0;     // of the request's most urgent row, where its rows stand together
  Day lead_date = 0;
  int rank = 0;
  Day date = kNoDay;
  std::string_view name;  // of the request
  uint32_t row = kNoRow;
  uint32_t entry = 0;
};

// The order of a list, and where its next page begins.
struct Docket::Order {
  std::vector<std::string> groups;  // what is grouped by, sorted; empty: no groups
  std::vector<uint32_t> group_of;   // by number of the owner, matter, ...
  uint32_t Entry::*number = nullptr;
  v1::DocketOrder order = v1::DOCKET_ORDER_UNSPECIFIED;
  bool by_request = false;

  bool is_first_page = true;
  Candidate last;  // without entry, name and key
  std::string last_name;
  std::string last_place;      // group or key
  bool has_last_group = true;  // otherwise the page begins with `last.group`

  // What does not depend on the row.
  Candidate Start(const Entry& entry, uint32_t number_of_entry, v1::RequestState headline) const;
  bool Before(const Candidate& a, const Candidate& b) const;
  // Whether the next page, or a later one, shows it.
  bool IsAfterLast(const Candidate& candidate) const;
  // Where the next page begins when this one ends with `candidate`.
  std::string KeyOf(const Candidate& candidate) const;
};

Docket::Candidate Docket::Order::Start(const Entry& entry, uint32_t number_of_entry,
                                       v1::RequestState headline) const {
  static constexpr std::string_view kStates[] = {"0", "1", "2", "3", "4", "5",
                                                 "6", "7", "8", "9", "a"};
  static_assert(std::size(kStates) == v1::RequestState_ARRAYSIZE);
  Candidate candidate;
  candidate.entry = number_of_entry;
  candidate.name = entry.name;
  if (number != nullptr) candidate.group = group_of[entry.*number];
  if (order == v1::DOCKET_ORDER_SUBJECT) candidate.key = entry.subject();
  if (order == v1::DOCKET_ORDER_NUMBER) candidate.key = entry.number();
  if (order == v1::DOCKET_ORDER_STATE) {
    candidate.key = kStates[static_cast<size_t>(headline) % std::size(kStates)];
  }
  return candidate;
}

bool Docket::Order::Before(const Candidate& a, const Candidate& b) const {
  const auto whole = [](const Candidate& c) {
    return std::tie(c.group, c.key, c.lead_rank, c.lead_date);
  };
  if (whole(a) != whole(b)) return whole(a) < whole(b);
  if (by_request && a.name != b.name) return a.name < b.name;
  return std::tie(a.rank, a.date, a.name, a.row) < std::tie(b.rank, b.date, b.name, b.row);
}

bool Docket::Order::IsAfterLast(const Candidate& candidate) const {
  if (is_first_page || candidate.group > last.group) return true;
  if (candidate.group < last.group) return false;
  if (!has_last_group) return true;
  Candidate end = last;
  end.name = last_name;
  if (groups.empty()) end.key = last_place;
  return Before(end, candidate);
}

std::string Docket::Order::KeyOf(const Candidate& candidate) const {
  return absl::StrCat(candidate.lead_rank, " ", candidate.lead_date, " ", candidate.rank, " ",
                      candidate.date, " ", candidate.row, " ", ToAbsl(candidate.name), " ",
                      groups.empty() ? ToAbsl(candidate.key) : groups[candidate.group]);
}

// What a page shows, found in memory.
struct Docket::Page {
  struct Row {
    std::string name;
    uint32_t row = kNoRow;
    DocketRow compact;
    v1::RequestState headline = v1::REQUEST_STATE_UNSPECIFIED;
    Day today = 0;
  };
  std::vector<Row> rows;
  std::shared_ptr<const RuleBook> book;
  std::unique_ptr<Snapshot> snapshot;
};

absl::StatusOr<std::unique_ptr<Docket>> Docket::Open(storage::KeyValueStore* store,
                                                     const Clock* clock, RulesInForce* rules,
                                                     const Agencies* agencies) {
  std::unique_ptr<Docket> docket(new Docket(store, clock, rules, agencies));
  FOIA_RETURN_IF_ERROR(docket->Load());
  return docket;
}

std::string Docket::JurisdictionOf(const v1::Request& request) const {
  const absl::StatusOr<v1::Agency> agency = agencies_->Find(request.agency());
  return agency.ok() ? agency->jurisdiction() : "";
}

v1::StoredDocket Docket::MakeRecord(const RuleBook& book, const v1::Request& request,
                                    const EventLog* log) const {
  v1::StoredDocket docket;
  const std::string jurisdiction = JurisdictionOf(request);
  const absl::StatusOr<const Rules*> rules = book.FindRules(jurisdiction);
  if (log == nullptr) {
    docket.set_problem("dates cannot be computed: an event cannot be read; 'foia admin check'");
  } else if (!rules.ok()) {
    docket.set_problem(absl::StrCat("dates cannot be computed: ", rules.status().message()));
  } else {
    docket = MakeStoredDocket(**rules, log->events);
  }
  docket.set_jurisdiction(jurisdiction);
  if (log != nullptr) docket.set_head(log->head);
  return docket;
}

absl::Status Docket::Load() {
  const absl::Time start = absl::Now();
  absl::MutexLock replacing(&replace_mutex_);
  agencies_version_ = agencies_->version();
  const std::shared_ptr<const RuleBook> book = rules_->Get();
  const std::string prefix = RecordPrefix(*book);
  // Records of other rules tell what the new ones move.
  std::string old_prefix;
  bool has_others = false;
  auto others = store_->Scan(ScanOptions::Prefix(kDocketPrefix));
  if (others->Valid() && absl::StartsWith(ToAbsl(others->key()), prefix)) {
    others->Seek(storage::PrefixEnd(prefix));
  }
  if (others->Valid()) {
    const std::string_view key = others->key();
    old_prefix = std::string(key.substr(0, key.find('/', kDocketPrefix.size()) + 1));
    has_others = true;
  }
  FOIA_RETURN_IF_ERROR(others->status());

  const std::unique_ptr<Snapshot> snapshot = store_->GetSnapshot();
  LogReader logs(store_, snapshot.get());
  RecordReader records(store_, snapshot.get(), prefix);
  RecordReader old_records(store_, snapshot.get(), has_others ? old_prefix : prefix);
  BatchWriter writer(store_);
  int64_t requests = 0;
  int64_t computed = 0;
  int64_t moved = 0;
  ScanOptions scan = ScanOptions::Prefix(kRequestPrefix);
  scan.snapshot = snapshot.get();
  auto it = store_->Scan(scan);
  for (; it->Valid(); it->Next()) {
    const v1::Request request = ParseRequest(it->value());
    FOIA_ASSIGN_OR_RETURN(const std::string head, logs.ReadHead(request.name()));
    v1::StoredDocket docket;
    const std::optional<std::string_view> bytes = records.Find(request.name());
    if (bytes.has_value()) docket = ParseRecord(*bytes);
    if (!bytes.has_value() || docket.head() != head || !docket.problem().empty() ||
        docket.jurisdiction() != JurisdictionOf(request)) {
      const absl::StatusOr<EventLog> log = logs.Read(request.name());
      docket = MakeRecord(*book, request, log.ok() ? &*log : nullptr);
      FOIA_RETURN_IF_ERROR(writer.Put(prefix + request.name(), docket));
      ++computed;
      const auto old = has_others ? old_records.Find(request.name()) : std::nullopt;
      if (old.has_value() && DatesOf(ParseRecord(*old)) != DatesOf(docket)) ++moved;
    }
    ++requests;
    absl::MutexLock lock(&mutex_);
    Publish(request);
    Publish(request.name(), docket.jurisdiction(), Shrink(docket));
  }
  FOIA_RETURN_IF_ERROR(it->status());
  FOIA_RETURN_IF_ERROR(writer.Flush());
  if (has_others) {
    WriteBatch batch;
    DeleteOtherRecords(prefix, batch);
    FOIA_RETURN_IF_ERROR(store_->Commit(batch));
  }
  if (requests == 0) return absl::OkStatus();
  Log(Severity::kInfo, "docket",
      {{"requests", absl::StrCat(requests)},
       {"computed", absl::StrCat(computed)},
       {"moved", absl::StrCat(moved)},
       {"milliseconds", absl::StrCat(absl::ToInt64Milliseconds(absl::Now() - start))}});
  return absl::OkStatus();
}

Docket::Entry& Docket::EntryOf(const std::string& name) {
  const auto [found, is_new] = numbers_.emplace(name, static_cast<uint32_t>(entries_.size()));
  if (is_new) {
    entries_.emplace_back();
    entries_.back().name = name;
  }
  return entries_[found->second];
}

std::string_view Docket::Entry::number() const {
  return number_size == 0 ? kLast : std::string_view(text).substr(number_at, number_size);
}

void Docket::Publish(const v1::Request& request) {
  Entry& entry = EntryOf(request.name());
  entry.filing = HashOfFiling(request);
  entry.label = labels_.Add(request.label());
  entry.owner = owners_.Add(request.owner());
  entry.matter = matters_.Add(request.matter());
  entry.agency = agency_names_.Add(request.agency());
  entry.tags.clear();
  for (const std::string& tag : request.tags()) entry.tags.push_back(Folded(tag));
  entry.text = Folded(request.subject());
  entry.subject_size = static_cast<uint32_t>(entry.text.size());
  entry.number_size = 0;
  for (const v1::TrackingNumber& number : request.numbers()) {
    const std::string value = Folded(number.value());
    if (!number.retired() && entry.number_size == 0) {
      entry.number_at = static_cast<uint32_t>(entry.text.size()) + 1;
      entry.number_size = static_cast<uint32_t>(value.size());
    }
    absl::StrAppend(&entry.text, "\n", value);
  }
  absl::StrAppend(&entry.text, "\n", Folded(request.notes()));
}

Docket::Record Docket::Shrink(const v1::StoredDocket& docket) {
  Record record;
  record.has_problem = !docket.problem().empty();
  record.rows.reserve(static_cast<size_t>(docket.rows_size()));
  for (const v1::StoredDocketRow& row : docket.rows()) record.rows.push_back(Compact(row));
  record.headlines.reserve(static_cast<size_t>(docket.headlines_size()));
  for (const v1::StoredHeadline& stored : docket.headlines()) {
    Headline headline;
    headline.state = stored.state();
    if (stored.has_from()) headline.from = DayOf(stored.from());
    record.headlines.push_back(headline);
  }
  std::reverse(record.headlines.begin(), record.headlines.end());
  return record;
}

void Docket::Publish(const std::string& name, const std::string& jurisdiction, Record record) {
  Entry& entry = EntryOf(name);
  entry.jurisdiction = jurisdictions_.Add(jurisdiction);
  entry.record = std::move(record);
  if (changed_.has_value()) changed_->insert(name);
}

absl::Mutex& Docket::LockOf(std::string_view name) {
  return commit_mutexes_[std::hash<std::string_view>()(name) % commit_mutexes_.size()];
}

absl::Status Docket::CommitRequest(const v1::Request& request, WriteBatch batch,
                                   const std::vector<Precondition>& preconditions) {
  absl::ReaderMutexLock rules(&rules_mutex_);
  absl::MutexLock committing(&LockOf(request.name()));
  std::optional<v1::StoredDocket> first;  // of a new request
  {
    absl::ReaderMutexLock lock(&mutex_);
    if (numbers_.count(request.name()) == 0) first.emplace();
  }
  if (first.has_value()) {
    const std::shared_ptr<const RuleBook> book = rules_->Get();
    const EventLog none;
    first = MakeRecord(*book, request, &none);
    batch.Put(RecordPrefix(*book) + request.name(), first->SerializeAsString());
  }
  FOIA_RETURN_IF_ERROR(store_->Commit(batch, preconditions));
  absl::MutexLock lock(&mutex_);
  Publish(request);
  if (first.has_value()) Publish(request.name(), first->jurisdiction(), Shrink(*first));
  return absl::OkStatus();
}

absl::Status Docket::CommitLog(const v1::Request& request, const EventLog& log, WriteBatch batch,
                               const std::vector<Precondition>& preconditions) {
  absl::ReaderMutexLock rules(&rules_mutex_);
  const std::shared_ptr<const RuleBook> book = rules_->Get();
  const v1::StoredDocket docket = MakeRecord(*book, request, &log);
  Record record = Shrink(docket);
  batch.Put(RecordPrefix(*book) + request.name(), docket.SerializeAsString());
  absl::MutexLock committing(&LockOf(request.name()));
  FOIA_RETURN_IF_ERROR(store_->Commit(batch, preconditions));
  absl::MutexLock lock(&mutex_);
  Publish(request.name(), docket.jurisdiction(), std::move(record));
  return absl::OkStatus();
}

absl::Status Docket::FollowAgencies() {
  if (agencies_->version() == agencies_version_) return absl::OkStatus();
  absl::MutexLock replacing(&replace_mutex_);
  const uint64_t version = agencies_->version();
  if (version == agencies_version_) return absl::OkStatus();
  std::vector<std::string> names;
  {
    absl::ReaderMutexLock lock(&mutex_);
    std::vector<std::string> jurisdictions;
    for (const std::string& agency : agency_names_.all()) {
      const absl::StatusOr<v1::Agency> found = agencies_->Find(agency);
      jurisdictions.push_back(found.ok() ? found->jurisdiction() : "");
    }
    for (const Entry& entry : entries_) {
      if (jurisdictions_.all()[entry.jurisdiction] != jurisdictions[entry.agency]) {
        names.push_back(entry.name);
      }
    }
  }
  for (const std::string& name : names) {
    while (true) {  // again when its log changed meanwhile
      const std::unique_ptr<Snapshot> snapshot = store_->GetSnapshot();
      FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                            store_->Get(RequestKey(name), snapshot.get()));
      if (!bytes.has_value()) break;
      FOIA_ASSIGN_OR_RETURN(const EventLog log, LogReader(store_, snapshot.get()).Read(name));
      const absl::Status status =
          CommitLog(ParseRequest(*bytes), log, WriteBatch(),
                    {log.head.empty() ? Precondition::KeyAbsent(HeadKey(name))
                                      : Precondition::KeyEquals(HeadKey(name), log.head)});
      if (absl::IsAborted(status)) continue;
      FOIA_RETURN_IF_ERROR(status);
      break;
    }
  }
  agencies_version_ = version;
  return absl::OkStatus();
}

absl::StatusOr<Docket::Filter> Docket::MakeFilter(const Principal& caller,
                                                  const v1::RequestFilter& filter,
                                                  const common::v1::Date* as_of) const {
  Filter made;
  const auto number = [&made](const Words& words, const std::string& word) {
    std::optional<uint32_t> found;
    if (word.empty()) return found;
    found = words.Find(word);
    if (!found.has_value()) made.is_empty = true;
    return found;
  };
  made.owner = number(owners_, filter.owner());
  made.matter = number(matters_, filter.matter());
  const std::shared_ptr<const RuleBook> book = rules_->Get();
  if (!filter.jurisdiction().empty()) {
    FOIA_RETURN_IF_ERROR(book->FindRules(filter.jurisdiction()).status());
    made.jurisdiction = number(jurisdictions_, filter.jurisdiction());
  }
  for (const std::string& label : labels_.all()) {
    made.labels.push_back(access::MaySee(caller, label));
  }
  if (!filter.agency().empty()) {
    FOIA_ASSIGN_OR_RETURN(const v1::Agency top, agencies_->Find(filter.agency()));
    for (const std::string& name : agency_names_.all()) {
      absl::StatusOr<v1::Agency> agency = agencies_->Find(name);
      while (agency.ok() && agency->name() != top.name() && !agency->parent().empty()) {
        agency = agencies_->Find(agency->parent());
      }
      made.agencies.push_back(agency.ok() && agency->name() == top.name());
    }
  }
  std::optional<Day> day;
  if (as_of != nullptr) {
    FOIA_ASSIGN_OR_RETURN(const CivilDate date, DateFromProto(*as_of, "as_of"));
    day = DayOf(date);
  }
  const absl::Time now = clock_->Now();
  for (const std::string& jurisdiction : jurisdictions_.all()) {
    absl::TimeZone zone = absl::UTCTimeZone();
    if (const absl::StatusOr<const Rules*> rules = book->FindRules(jurisdiction); rules.ok()) {
      absl::LoadTimeZone((*rules)->jurisdiction().time_zone(), &zone);
    }
    made.today.push_back(day.value_or(DayOf(absl::ToCivilDay(now, zone))));
  }
  made.state = filter.state();
  made.tag = Folded(filter.tag());
  made.text = Folded(filter.text());
  if (filter.excluded_size() > kMaxExcluded) {
    return InvalidFields({{"filter.excluded", absl::StrCat("are more than ", kMaxExcluded)}});
  }
  for (const v1::RequestFilter& each : filter.excluded()) {
    if (!each.excluded().empty()) {
      return InvalidFields({{"filter.excluded", "has exclusions of its own"}});
    }
    FOIA_ASSIGN_OR_RETURN(Filter excluded, MakeFilter(caller, each, as_of));
    // One that says nothing would leave out everything.
    if (each.ByteSizeLong() > 0) made.excluded.push_back(std::move(excluded));
  }
  return made;
}

bool Docket::Fits(const Filter& filter, const Entry& entry, v1::RequestState headline) {
  if (filter.is_empty) return false;
  if (filter.owner.has_value() && entry.owner != *filter.owner) return false;
  if (filter.matter.has_value() && entry.matter != *filter.matter) return false;
  if (filter.jurisdiction.has_value() && entry.jurisdiction != *filter.jurisdiction) return false;
  if (!filter.agencies.empty() && !filter.agencies[entry.agency]) return false;
  if (filter.state != v1::REQUEST_STATE_UNSPECIFIED && headline != filter.state) return false;
  if (!filter.tag.empty() &&
      std::find(entry.tags.begin(), entry.tags.end(), filter.tag) == entry.tags.end()) {
    return false;
  }
  if (!filter.text.empty() && memmem(entry.text.data(), entry.text.size(), filter.text.data(),
                                     filter.text.size()) == nullptr) {
    return false;
  }
  return std::none_of(filter.excluded.begin(), filter.excluded.end(),
                      [&](const Filter& excluded) { return Fits(excluded, entry, headline); });
}

absl::StatusOr<std::vector<Docket::Found>> Docket::FindRequests(
    const Principal& caller, const v1::ListRequestsRequest& question, std::string_view last_key,
    size_t limit) {
  FOIA_RETURN_IF_ERROR(FollowAgencies());
  FOIA_ASSIGN_OR_RETURN(const size_t skip, CheckSkip(question.skip(), last_key));
  absl::ReaderMutexLock lock(&mutex_);
  FOIA_ASSIGN_OR_RETURN(const Filter filter, MakeFilter(caller, question.filter(), nullptr));
  FOIA_ASSIGN_OR_RETURN(const Order order,
                        MakeOrder(caller, question.order(), /*by_request=*/false, last_key));
  const bool shows_voided =
      question.show_voided() || question.filter().state() == v1::REQUEST_STATE_VOIDED;
  std::vector<Candidate> candidates;
  for (uint32_t number = 0; number < entries_.size() && !filter.is_empty; ++number) {
    const Entry& entry = entries_[number];
    if (!filter.labels[entry.label]) continue;
    const v1::RequestState headline = entry.record.HeadlineOn(filter.today[entry.jurisdiction]);
    if (headline == v1::REQUEST_STATE_VOIDED && !shows_voided) continue;
    if (!Fits(filter, entry, headline)) continue;
    const Candidate candidate = order.Start(entry, number, headline);
    if (order.IsAfterLast(candidate)) candidates.push_back(candidate);
  }
  const size_t kept = std::min(skip + limit, candidates.size());
  std::partial_sort(
      candidates.begin(), candidates.begin() + static_cast<ptrdiff_t>(kept), candidates.end(),
      [&order](const Candidate& a, const Candidate& b) { return order.Before(a, b); });
  std::vector<Found> found;
  for (size_t i = skip; i < kept; ++i) {
    found.push_back({std::string(candidates[i].name), order.KeyOf(candidates[i])});
  }
  return found;
}

std::vector<std::string> Docket::FindFilings(const v1::Request& request) {
  const size_t filing = HashOfFiling(request);
  absl::ReaderMutexLock lock(&mutex_);
  std::vector<std::string> names;
  for (const Entry& entry : entries_) {
    if (entry.filing == filing) names.push_back(entry.name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

// Empty when there is none, or the caller may not see it.
std::string Docket::MatterTitle(const Principal& caller, const std::string& matter) const {
  const absl::StatusOr<std::optional<std::string>> bytes =
      store_->Get(absl::StrCat("matter/", matter));
  v1::Matter stored;
  if (!bytes.ok() || !bytes->has_value() || !stored.ParseFromString(**bytes)) return "";
  return access::MaySee(caller, stored.label()) ? stored.title() : "";
}

absl::StatusOr<Docket::Order> Docket::MakeOrder(const Principal& caller, v1::DocketOrder order,
                                                bool by_request, std::string_view last_key) const {
  Order made;
  made.order = order;
  made.by_request = by_request;
  std::vector<std::string> keys;  // by number
  const auto group = [&](uint32_t Entry::*number, const Words& words, const auto& text_of) {
    made.number = number;
    for (const std::string& word : words.all()) {
      // What has no owner or matter comes last.
      keys.push_back(word.empty() ? "\xff" : absl::StrCat(Folded(text_of(word)), "\n", word));
    }
  };
  const auto itself = [](const std::string& word) { return word; };
  switch (order) {
    case v1::DOCKET_ORDER_OWNER:
      group(&Entry::owner, owners_, itself);
      break;
    case v1::DOCKET_ORDER_MATTER:
      group(&Entry::matter, matters_,
            [&](const std::string& matter) { return MatterTitle(caller, matter); });
      break;
    case v1::DOCKET_ORDER_AGENCY:
      group(&Entry::agency, agency_names_, [this](const std::string& agency) {
        const absl::StatusOr<v1::Agency> found = agencies_->Find(agency);
        return found.ok() ? found->path() : agency;
      });
      break;
    case v1::DOCKET_ORDER_JURISDICTION:
      group(&Entry::jurisdiction, jurisdictions_, itself);
      break;
    default:
      break;
  }
  made.groups = keys;
  std::sort(made.groups.begin(), made.groups.end());
  const auto place_of = [&made](const std::string& key) {
    return static_cast<uint32_t>(std::lower_bound(made.groups.begin(), made.groups.end(), key) -
                                 made.groups.begin());
  };
  for (const std::string& key : keys) made.group_of.push_back(place_of(key));
  if (last_key.empty()) return made;

  // As KeyOf writes it.
  made.is_first_page = false;
  const std::vector<std::string> parts = absl::StrSplit(ToAbsl(last_key), absl::MaxSplits(' ', 6));
  if (parts.size() != 7 || !absl::SimpleAtoi(parts[0], &made.last.lead_rank) ||
      !absl::SimpleAtoi(parts[1], &made.last.lead_date) ||
      !absl::SimpleAtoi(parts[2], &made.last.rank) ||
      !absl::SimpleAtoi(parts[3], &made.last.date) || !absl::SimpleAtoi(parts[4], &made.last.row)) {
    return MakeError(Reason::REASON_INVALID_PAGE_TOKEN, "the page token is damaged");
  }
  made.last_name = parts[5];
  made.last_place = parts[6];
  if (!made.groups.empty()) {
    made.last.group = place_of(made.last_place);
    made.has_last_group =
        made.last.group < made.groups.size() && made.groups[made.last.group] == made.last_place;
  }
  return made;
}

// What the view of what needs a person leaves out.
struct Docket::Rest {
  int missed_earlier = 0;
  int later = 0;
  Day later_first = kNoDay;
  int limitations = 0;
  Day limitation_first = kNoDay;
  Day limitation_last = std::numeric_limits<Day>::min();
  int nothing_open = 0;

  void Add(const DocketRow& row, Window window) {
    if (window == Window::kMissedBefore) ++missed_earlier;
    if (window != Window::kLater) return;
    if (!row.limitation) {
      ++later;
      later_first = std::min(later_first, row.act_by);
      return;
    }
    ++limitations;
    limitation_first = std::min(limitation_first, row.act_by);
    limitation_last = std::max(limitation_last, row.act_by);
  }
  void Fill(v1::DocketRest& rest) const {
    rest.set_missed_earlier(missed_earlier);
    rest.set_later(later);
    if (later > 0) *rest.mutable_later_first() = DateToProto(DateOfDay(later_first));
    rest.set_limitations(limitations);
    if (limitations > 0) {
      *rest.mutable_limitation_first() = DateToProto(DateOfDay(limitation_first));
      *rest.mutable_limitation_last() = DateToProto(DateOfDay(limitation_last));
    }
    rest.set_nothing_open(nothing_open);
  }
};

absl::StatusOr<v1::ListDocketResponse> Docket::List(const Principal& caller,
                                                    const v1::ListDocketRequest& request) {
  FOIA_ASSIGN_OR_RETURN(const int page_size, PageSize(request.page_size()));
  const auto limit = static_cast<size_t>(page_size);
  v1::ListDocketRequest question = request;
  question.clear_page_size();
  question.clear_page_token();
  question.clear_skip();
  const std::string list = absl::StrCat("docket/", question.SerializeAsString());
  FOIA_ASSIGN_OR_RETURN(const std::string last_key, ReadPageToken(list, request.page_token()));
  FOIA_ASSIGN_OR_RETURN(const size_t skip, CheckSkip(request.skip(), last_key));
  FOIA_ASSIGN_OR_RETURN(const Day days, CheckDays(request.days()));
  Day from = std::numeric_limits<Day>::min();
  Day to = kNoDay;
  if (request.has_due_from()) {
    FOIA_ASSIGN_OR_RETURN(const CivilDate date, DateFromProto(request.due_from(), "due_from"));
    from = DayOf(date);
  }
  if (request.has_due_to()) {
    FOIA_ASSIGN_OR_RETURN(const CivilDate date, DateFromProto(request.due_to(), "due_to"));
    to = DayOf(date);
  }
  const bool is_dated = request.has_due_from() || request.has_due_to();
  FOIA_RETURN_IF_ERROR(FollowAgencies());

  v1::ListDocketResponse response;
  Page page;
  {
    absl::ReaderMutexLock lock(&mutex_);
    FOIA_ASSIGN_OR_RETURN(
        const Filter filter,
        MakeFilter(caller, request.filter(), request.has_as_of() ? &request.as_of() : nullptr));
    FOIA_ASSIGN_OR_RETURN(const Order order,
                          MakeOrder(caller, request.order(), request.by_request(), last_key));
    v1::DocketCounts& counts = *response.mutable_counts();
    Rest rest;
    // The first rows of those that were asked for, as a heap with the last of them on top.
    std::vector<Candidate> candidates;
    size_t asked = 0;
    const auto before = [&order](const Candidate& a, const Candidate& b) {
      return order.Before(a, b);
    };
    const auto add = [&](const Candidate& candidate) {
      if (!order.IsAfterLast(candidate)) return;
      ++asked;
      if (candidates.size() == skip + limit) {
        if (!before(candidate, candidates.front())) return;
        std::pop_heap(candidates.begin(), candidates.end(), before);
        candidates.pop_back();
      }
      candidates.push_back(candidate);
      std::push_heap(candidates.begin(), candidates.end(), before);
    };
    std::vector<Candidate> of_request;  // that were asked for
    for (uint32_t number = 0; number < entries_.size() && !filter.is_empty; ++number) {
      const Entry& entry = entries_[number];
      if (!filter.labels[entry.label]) continue;
      const Day today = filter.today[entry.jurisdiction];
      const v1::RequestState headline = entry.record.HeadlineOn(today);
      if (!Fits(filter, entry, headline)) continue;
      Candidate candidate = order.Start(entry, number, headline);
      of_request.clear();
      bool has_row = false;
      for (uint32_t i = 0; i < entry.record.rows.size(); ++i) {
        const DocketRow& row = entry.record.rows[i];
        const Standing standing = StandingOn(row, headline, today);
        if (!standing.shown && !standing.dismissed) continue;
        has_row = has_row || standing.shown;
        if (is_dated && (row.act_by == kNoDay || row.act_by < from || row.act_by > to)) continue;
        const Window window = is_dated ? Window::kWithin : WindowOf(row, today, days);
        Count(standing, window, counts);
        if (standing.shown) rest.Add(row, window);
        if (!IsAsked(request.view(), standing, window)) continue;
        candidate.rank = standing.rank;
        candidate.date = row.act_by;
        candidate.row = i;
        of_request.push_back(candidate);
      }
      // One without a date: new before it was received; a closed one needs nobody.
      const bool is_over =
          headline == v1::REQUEST_STATE_CLOSED || headline == v1::REQUEST_STATE_VOIDED;
      if (!has_row && !is_dated && (!is_over || entry.record.has_problem)) {
        Standing standing;
        standing.shown = true;
        standing.waiting_on_us = entry.record.has_problem;
        standing.is_new = !entry.record.has_problem && (headline == v1::REQUEST_STATE_DRAFT ||
                                                        headline == v1::REQUEST_STATE_SENT);
        // What waits for a court or for the decision on an appeal is not done.
        const bool is_done = headline == v1::REQUEST_STATE_DETERMINED && !standing.waiting_on_us;
        const Window window = is_done ? Window::kLater : Window::kWithin;
        Count(standing, window, counts);
        if (is_done) ++rest.nothing_open;
        if (IsAsked(request.view(), standing, window)) {
          candidate.rank = 4;
          candidate.date = kNoDay;
          candidate.row = kNoRow;
          of_request.push_back(candidate);
        }
      }
      if (order.by_request && !of_request.empty()) {
        const Candidate lead = *std::min_element(of_request.begin(), of_request.end(), before);
        for (Candidate& each : of_request) {
          each.lead_rank = lead.rank;
          each.lead_date = lead.date;
        }
      }
      for (const Candidate& each : of_request) add(each);
    }
    if (request.view() == v1::DOCKET_VIEW_NOW && !is_dated) rest.Fill(*response.mutable_rest());
    std::sort_heap(candidates.begin(), candidates.end(), before);
    for (size_t i = skip; i < candidates.size(); ++i) {
      const Candidate& candidate = candidates[i];
      const Entry& entry = entries_[candidate.entry];
      Page::Row& row = page.rows.emplace_back();
      row.name = entry.name;
      row.row = candidate.row;
      if (candidate.row != kNoRow) row.compact = entry.record.rows[candidate.row];
      row.today = filter.today[entry.jurisdiction];
      row.headline = entry.record.HeadlineOn(row.today);
    }
    if (asked > skip + limit) {
      response.set_next_page_token(MakePageToken(list, order.KeyOf(candidates.back())));
    }
    page.book = rules_->Get();
    page.snapshot = store_->GetSnapshot();
  }
  FOIA_ASSIGN_OR_RETURN(std::vector<v1::DocketEntry> entries, Show(caller, page));
  for (v1::DocketEntry& entry : entries) *response.add_entries() = std::move(entry);
  return response;
}

absl::StatusOr<std::vector<v1::DocketEntry>> Docket::Show(const Principal& caller,
                                                          const Page& page) const {
  const std::string prefix = RecordPrefix(*page.book);
  std::map<std::string, std::string> titles;
  std::map<std::string, std::string> paths;
  std::vector<v1::DocketEntry> entries;
  for (const Page::Row& row : page.rows) {
    FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                          store_->Get(RequestKey(row.name), page.snapshot.get()));
    FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> record,
                          store_->Get(prefix + row.name, page.snapshot.get()));
    if (!bytes.has_value() || !record.has_value()) continue;
    const v1::StoredDocket docket = ParseRecord(*record);
    v1::DocketEntry entry;
    v1::Request& request = *entry.mutable_request();
    request = ParseRequest(*bytes);
    // Its label may have changed since the row was found.
    if (!access::MaySee(caller, request.label())) continue;
    if (row.row == kNoRow) {
      entry.set_why(WhyWithoutRow(docket, row.headline));
    } else {
      // An event may have come between the look into memory and the one into the store.
      const auto is_same = [&row](const v1::StoredDocketRow& stored) {
        const DocketRow compact = Compact(stored);
        return compact.date == row.compact.date && compact.act_by == row.compact.act_by;
      };
      const int at = static_cast<int>(row.row);
      const auto found = at < docket.rows_size() && is_same(docket.rows(at))
                             ? docket.rows().begin() + at
                             : std::find_if(docket.rows().begin(), docket.rows().end(), is_same);
      if (found == docket.rows().end()) continue;
      v1::Deadline& deadline = *entry.mutable_next();
      deadline = found->deadline();
      deadline.set_status(StatusOn(deadline, row.today));
      deadline.set_rules_digest(page.book->digest());
      entry.set_why(found->why());
      entry.set_then(found->then());
      entry.set_dismissed(found->dismissed());
      if (row.compact.date != kNoDay) {
        entry.set_days_left(row.compact.date - row.today);
        if (row.compact.act_by < row.today && row.today <= row.compact.date) {
          absl::StrAppend(entry.mutable_why(), "; the safe day ",
                          FormatDate(DateOfDay(row.compact.act_by)), " is past: act now");
        }
      }
    }
    ListNumbersInUse(request);
    request.set_state(row.headline);
    *request.mutable_today() = DateToProto(DateOfDay(row.today));
    request.set_jurisdiction(docket.jurisdiction());
    if (const auto [path, is_new] = paths.try_emplace(request.agency()); is_new) {
      const absl::StatusOr<v1::Agency> agency = agencies_->Find(request.agency());
      path->second = agency.ok() ? agency->path() : "";
    }
    request.set_agency_path(paths[request.agency()]);
    if (const auto [title, is_new] = titles.try_emplace(request.matter()); is_new) {
      title->second = MatterTitle(caller, request.matter());
    }
    entry.set_matter_title(titles[request.matter()]);
    // A page of long texts would be too long for a message.
    request.clear_text();
    request.clear_waiver_text();
    request.clear_expedite_text();
    request.clear_links();  // some may lead to what the caller may not see
    entries.push_back(std::move(entry));
  }
  return entries;
}

absl::StatusOr<v1::ReloadRulesResponse> Docket::ReplaceRules(const Principal& caller,
                                                             std::shared_ptr<const RuleBook> book,
                                                             bool validate_only) {
  absl::MutexLock replacing(&replace_mutex_);
  const std::shared_ptr<const RuleBook> old = rules_->Get();
  v1::ReloadRulesResponse response;
  response.set_old_digest(old->digest());
  response.set_new_digest(book->digest());
  if (old->digest() == book->digest()) return response;

  const std::string prefix = RecordPrefix(*book);
  {
    absl::MutexLock lock(&mutex_);
    changed_.emplace();
  }
  const auto forget = absl::MakeCleanup([this] {
    absl::MutexLock lock(&mutex_);
    changed_.reset();
  });
  const std::unique_ptr<Snapshot> snapshot = store_->GetSnapshot();
  LogReader logs(store_, snapshot.get());
  BatchWriter writer(store_);
  struct New {
    std::string name;
    std::string jurisdiction;
    Record record;
  };
  std::vector<New> records;
  const auto add = [&](const v1::Request& request, const absl::StatusOr<EventLog>& log) {
    const v1::StoredDocket docket = MakeRecord(*book, request, log.ok() ? &*log : nullptr);
    records.push_back({request.name(), docket.jurisdiction(), Shrink(docket)});
    return writer.Put(prefix + request.name(), docket);
  };
  ScanOptions scan = ScanOptions::Prefix(kRequestPrefix);
  scan.snapshot = snapshot.get();
  auto it = store_->Scan(scan);
  for (; it->Valid(); it->Next()) {
    const v1::Request request = ParseRequest(it->value());
    const absl::StatusOr<EventLog> log = logs.Read(request.name());
    const std::string jurisdiction = JurisdictionOf(request);
    const absl::StatusOr<const Rules*> old_rules = old->FindRules(jurisdiction);
    const absl::StatusOr<const Rules*> new_rules = book->FindRules(jurisdiction);
    if (old_rules.ok() && !new_rules.ok()) {
      return MakeError(Reason::REASON_INVALID_RULES,
                       absl::StrCat("there are no rules for '", jurisdiction,
                                    "' any more, but there are requests under them"),
                       {{"jurisdiction", jurisdiction}});
    }
    response.set_computed_requests(response.computed_requests() + 1);
    if (log.ok() && old_rules.ok()) {
      absl::TimeZone zone;
      absl::LoadTimeZone((*new_rules)->jurisdiction().time_zone(), &zone);
      const CivilDate today = absl::ToCivilDay(clock_->Now(), zone);
      const std::vector<DeadlineEvent> events = ForEngine(log->events);
      std::vector<v1::DeadlineChange> changes =
          ChangesBetween(tracker::Compute(**old_rules, (*old_rules)->calendar(), events, today),
                         tracker::Compute(**new_rules, (*new_rules)->calendar(), events, today));
      if (!changes.empty()) {
        response.set_moved_requests(response.moved_requests() + 1);
        if (response.moved_size() < kMaxMoved && access::MaySee(caller, request.label())) {
          v1::RequestChanges& moved = *response.add_moved();
          moved.set_request(request.name());
          moved.set_subject(request.subject());
          for (v1::DeadlineChange& change : changes) *moved.add_changes() = std::move(change);
        }
      }
    }
    if (validate_only) continue;
    FOIA_RETURN_IF_ERROR(add(request, log));
  }
  FOIA_RETURN_IF_ERROR(it->status());
  if (validate_only) return response;
  FOIA_RETURN_IF_ERROR(writer.Flush());

  // From here on nobody computes by the old rules.
  absl::MutexLock rules(&rules_mutex_);
  std::set<std::string> changed;
  {
    absl::ReaderMutexLock lock(&mutex_);
    changed = *changed_;
  }
  LogReader new_logs(store_, nullptr);
  for (const std::string& name : changed) {
    FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> bytes, store_->Get(RequestKey(name)));
    if (!bytes.has_value()) continue;
    FOIA_RETURN_IF_ERROR(add(ParseRequest(*bytes), new_logs.Read(name)));
  }
  FOIA_RETURN_IF_ERROR(writer.Flush());
  {
    absl::MutexLock lock(&mutex_);
    for (New& each : records) Publish(each.name, each.jurisdiction, std::move(each.record));
    rules_->Set(std::move(book));
  }
  // Only now: until then somebody may still read the old records.
  WriteBatch batch;
  DeleteOtherRecords(prefix, batch);
  FOIA_RETURN_IF_ERROR(store_->Commit(batch));
  return response;
}

}  // namespace foia::tracker
