#include "services/tracker/requests.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "services/access/policy.h"
#include "services/base/crypto.h"
#include "services/base/error.h"
#include "services/base/field_mask.h"
#include "services/base/page_token.h"
#include "services/base/resource_name.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/base/ulid.h"
#include "services/tracker/changes.h"
#include "services/tracker/deadlines/engine.h"
#include "services/tracker/deadlines/event_catalog.h"
#include "services/tracker/deadlines/event_type.h"
#include "services/tracker/deadlines/right_to_sue.h"
#include "services/tracker/deadlines/slips.h"
#include "services/tracker/event_names.h"
#include "services/tracker/fields.h"
#include "services/tracker/records.h"
#include "services/tracker/regions.h"
#include "services/tracker/transitions.h"
#include "storage/kv/idempotency.h"

namespace foia::tracker {
namespace {

using storage::Precondition;
using storage::ScanOptions;
using storage::Snapshot;
using storage::WriteBatch;

// Keys. {request} is the whole name "requests/r01...".
//   request/{request}             v1::Request as stored
//   event/{request}/{number}      v1::StoredEvent, in the order recorded
//   head/{request}                number of events (big-endian 32), last hash
//   tracking/{number}/{request}   empty: finds a request by its tracking number
//   issued/{issuer}/{number}      names of the requests that have it, one a line
//   link/{request}/{other}        empty: `other` has a link to it
//   edit/{request}/{number}       v1::Edit, see request_edits.cc
std::string TrackingPrefix(std::string_view number) {
  return absl::StrCat("tracking/", NormalTrackingNumber(number), "/");
}
std::string IssuedKey(const v1::TrackingNumber& number) {
  return absl::StrCat("issued/", number.issuer(), "/", NormalTrackingNumber(number.value()));
}
std::string LinkPrefix(std::string_view name) { return absl::StrCat("link/", ToAbsl(name), "/"); }

// A log is read as a whole; documents and letters are kept elsewhere.
constexpr size_t kMaxEventBytes = 64 << 10;
constexpr size_t kMaxEvents = 5000;
// Requests with one tracking number that are looked at to find the one that is meant.
constexpr size_t kMaxHolders = 100;

absl::Status RequestNotFound(std::string_view reference) {
  return MakeError(Reason::REASON_REQUEST_NOT_FOUND,
                   absl::StrCat("there is no request '", ToAbsl(reference), "'"),
                   {{"request", std::string(reference)}});
}

int DateOrder(const common::v1::Date& a, const common::v1::Date& b) {
  const auto left = std::make_tuple(a.year(), a.month(), a.day());
  const auto right = std::make_tuple(b.year(), b.month(), b.day());
  return left < right ? -1 : left > right ? 1 : 0;
}

std::string HeadOf(uint32_t count, std::string_view hash) {
  std::string head;
  storage::AppendBigEndian32(count, head);
  head += hash;
  return head;
}

// What looks wrong with `event`, one of `events`, and is recorded all the same.
std::vector<std::string> Doubts(const v1::Event& event, const std::vector<DeadlineEvent>& events,
                                const Rules& rules, CivilDate today) {
  std::vector<std::string> doubts = DoubtfulAttributes(
      event.type(), Attributes(event.attributes().begin(), event.attributes().end()), rules);
  const DeadlineEvent fact = ForEngine({event}).front();
  if (const CivilDate day = rules.DayOf(fact); day > today) {
    doubts.push_back(absl::StrCat("the event lies in the future: ", FormatDate(day)));
  }
  for (std::string& doubt : DoubtfulDates(fact, events, rules, today)) {
    doubts.push_back(std::move(doubt));
  }
  return doubts;
}

// Only what has passed and nobody met can be dismissed.
absl::Status CheckLapse(const std::string& id, CivilDate day, const Rules& rules,
                        const std::vector<DeadlineEvent>& events,
                        const std::vector<v1::Deadline>& deadlines) {
  // A denial without a known last day is decided on once it is there.
  if (id == kOpenDenial && std::any_of(events.begin(), events.end(), [&](const auto& event) {
        return event.effective_on <= day && IsAdverse(rules.AnswerOf(event));
      })) {
    return absl::OkStatus();
  }
  const auto is_lapsed = [&](const v1::Deadline& deadline) {
    return deadline.id() == id && deadline.has_date() && deadline.closing_event_id().empty() &&
           deadline.kind() != v1::DEADLINE_KIND_REMEDY &&
           CivilDate(deadline.date().year(), deadline.date().month(), deadline.date().day()) < day;
  };
  if (std::any_of(deadlines.begin(), deadlines.end(), is_lapsed)) return absl::OkStatus();
  return InvalidFields(
      {{"event.attributes[deadline]",
        absl::StrCat("'", id, "' had not lapsed by ", FormatDate(day),
                     ": its last day is not past, or it was met or has no date")}});
}

// The event by which the request is voided on `day`; null when it is not.
const v1::Event* FindVoidingOn(CivilDate day, const std::vector<v1::Event>& events,
                               const Rules& rules) {
  const v1::Event* event = FindVoiding(events);
  return event != nullptr && rules.DayOf(ForEngine({*event}).front()) <= day ? event : nullptr;
}

// "Voided on 2026-12-01: opened twice. Nothing is due."
std::string VoidedText(const v1::Event& event) {
  const common::v1::Date& on = event.effective_on();
  const auto reason = event.attributes().find("reason");
  return absl::StrCat("Voided on ", FormatDate(CivilDate(on.year(), on.month(), on.day())), ": ",
                      reason == event.attributes().end() ? "" : reason->second,
                      ". Nothing is due.");
}

// Ends what nobody has met.
void EndByVoiding(const v1::Event& event, v1::Deadline& deadline) {
  if (deadline.status() == v1::DEADLINE_STATUS_NONE || !deadline.closing_event_id().empty()) return;
  deadline.set_status(v1::DEADLINE_STATUS_ENDED);
  deadline.set_closing_event_id(event.name());
  deadline.clear_missing();
  deadline.clear_warn_dates();
}

// NOT_LAST_EVENT, or AMBIGUOUS_NAME, unless `reference` (a name, an id or the beginning of one)
// means the last of `events`; an empty one does.
absl::Status CheckIsLast(const std::string& reference, const std::vector<v1::Event>& events) {
  if (reference.empty()) return absl::OkStatus();
  const std::string meant = absl::AsciiStrToLower(reference);
  const auto id_of = [](const std::string& name) { return name.substr(name.rfind('/') + 1); };
  const auto is_meant = [&](const v1::Event& event) {
    return absl::StartsWith(event.name(), meant) || absl::StartsWith(id_of(event.name()), meant);
  };
  const v1::Event& last = events.back();
  const auto found = std::count_if(events.begin(), events.end(), is_meant);
  if (found > 1) {
    return MakeError(Reason::REASON_AMBIGUOUS_NAME,
                     absl::StrCat("'", reference, "' fits several events of the request"),
                     {{"event", reference}});
  }
  if (found == 1 && is_meant(last)) return absl::OkStatus();
  const common::v1::Date& on = last.effective_on();
  return MakeError(
      Reason::REASON_NOT_LAST_EVENT,
      absl::StrCat("'", reference, "' was not recorded last: that was ", EventTypeName(last.type()),
                   " of ", FormatDate(CivilDate(on.year(), on.month(), on.day())), ", ",
                   id_of(last.name())),
      {{"event", last.name()}});
}

// `likely` says what the event's day may have been meant to be.
absl::Status IllegalEvent(const std::vector<Conflict>& conflicts, const std::string& likely) {
  std::string message;
  for (const Conflict& conflict : conflicts) {
    absl::StrAppend(&message, message.empty() ? "" : "; ", conflict.text);
  }
  const TransitionRule& rule = *conflicts.front().rule;
  return MakeError(
      Reason::REASON_ILLEGAL_EVENT,
      absl::StrCat(message, likely, "; ", ToAbsl(rule.remedy), ", or accept the conflict"),
      {{"rule", std::string(rule.name)}, {"event", conflicts.front().event_id}});
}

}  // namespace

absl::StatusOr<std::unique_ptr<Requests>> Requests::Open(storage::KeyValueStore* store,
                                                         const Clock* clock, RulesInForce* rules,
                                                         const Agencies* agencies,
                                                         const access::Access* access) {
  std::unique_ptr<Requests> requests(new Requests(store, clock, rules, agencies, access));
  FOIA_ASSIGN_OR_RETURN(requests->docket_, Docket::Open(store, clock, rules, agencies));
  return requests;
}

absl::StatusOr<v1::Request> Requests::Find(const Principal& caller,
                                           std::string_view reference) const {
  const std::string name = NameIn("requests", reference);
  std::vector<v1::Request> found;
  if (MayBeginId("requests", name)) {
    auto it = store_->Scan(ScanOptions::Prefix(RequestKey(name)));
    for (; it->Valid() && found.size() < 2; it->Next()) {
      v1::Request request = ParseRequest(it->value());
      if (access::MaySee(caller, request.label())) found.push_back(std::move(request));
    }
    FOIA_RETURN_IF_ERROR(it->status());
  }
  // A short number says too little to be read with other signs than it has: "26-1" is not "2-61".
  const std::string normal = NormalTrackingNumber(reference);
  const auto fits = [&](const v1::Request& request) {
    return normal.size() > 3 ||
           std::any_of(request.numbers().begin(), request.numbers().end(), [&](const auto& number) {
             return absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(number.value()),
                                           absl::StripAsciiWhitespace(ToAbsl(reference)));
           });
  };
  if (found.empty() && !normal.empty()) {
    const std::string prefix = TrackingPrefix(reference);
    auto it = store_->Scan(ScanOptions::Prefix(prefix));
    for (; it->Valid() && found.size() < kMaxHolders; it->Next()) {
      FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                            store_->Get(RequestKey(it->key().substr(prefix.size()))));
      if (!bytes.has_value()) continue;
      v1::Request request = ParseRequest(*bytes);
      if (fits(request) && access::MaySee(caller, request.label())) {
        found.push_back(std::move(request));
      }
    }
    FOIA_RETURN_IF_ERROR(it->status());
    // One that was opened by mistake is meant only where no other has the number.
    const auto voided =
        found.size() < 2
            ? found.end()
            : std::stable_partition(found.begin(), found.end(), [this](const v1::Request& request) {
                return !IsVoided(request);
              });
    if (voided != found.begin()) found.erase(voided, found.end());
  }
  if (found.empty()) return RequestNotFound(reference);
  if (found.size() > 1) {
    return AmbiguousId("requests", reference, {found[0].name(), found[1].name()});
  }
  return std::move(found.front());
}

absl::StatusOr<Requests::Loaded> Requests::Load(v1::Request request,
                                                const Snapshot* snapshot) const {
  FOIA_ASSIGN_OR_RETURN(EventLog log, LogReader(store_, snapshot).Read(request.name()));
  Loaded loaded;
  static_cast<EventLog&>(loaded) = std::move(log);
  loaded.request = std::move(request);
  return loaded;
}

absl::StatusOr<Requests::Derived> Requests::Derive(const Loaded& loaded,
                                                   const common::v1::Date* as_of) const {
  Derived derived;
  FOIA_ASSIGN_OR_RETURN(const v1::Agency agency, agencies_->Find(loaded.request.agency()));
  derived.book = rules_->Get();
  FOIA_ASSIGN_OR_RETURN(derived.rules, derived.book->FindRules(agency.jurisdiction()));
  if (as_of != nullptr) {
    FOIA_ASSIGN_OR_RETURN(derived.as_of, DateFromProto(*as_of, "as_of"));
  } else {
    absl::TimeZone zone;
    absl::LoadTimeZone(derived.rules->jurisdiction().time_zone(), &zone);
    derived.as_of = absl::ToCivilDay(clock_->Now(), zone);
  }
  derived.events = ForEngine(loaded.events);
  derived.deadlines =
      Compute(*derived.rules, derived.rules->calendar(), derived.events, derived.as_of);
  if (const v1::Event* voided = FindVoidingOn(derived.as_of, loaded.events, *derived.rules)) {
    derived.voided = VoidedText(*voided);
    for (v1::Deadline& deadline : derived.deadlines) EndByVoiding(*voided, deadline);
  }
  return derived;
}

absl::StatusOr<v1::Request> Requests::Completed(const Loaded& loaded,
                                                const Derived& derived) const {
  v1::Request request = loaded.request;
  FOIA_ASSIGN_OR_RETURN(const v1::Agency agency, agencies_->Find(request.agency()));
  request.set_owner_warning(owners_.Problem(request.owner(), request.label()));
  request.set_agency_path(agency.path());
  request.set_jurisdiction(agency.jurisdiction());
  *request.mutable_today() = DateToProto(derived.as_of);
  ListNumbersInUse(request);
  request.clear_links();  // some may lead to what the caller may not see
  const Timeline timeline(*derived.rules, derived.events, derived.deadlines);
  *request.mutable_regions() = RegionsOf(timeline, derived.as_of);
  request.set_state(StateOf(request.regions(), derived.deadlines));
  for (const Conflict& conflict : FindConflicts(timeline)) request.add_conflicts(conflict.text);
  request.set_etag(
      HexEncode(Sha256(loaded.request.SerializeAsString() + loaded.head)).substr(0, 16));
  return request;
}

absl::StatusOr<v1::Request> Requests::Completed(v1::Request stored) const {
  FOIA_ASSIGN_OR_RETURN(const Loaded loaded, Load(std::move(stored), nullptr));
  FOIA_ASSIGN_OR_RETURN(const Derived derived, Derive(loaded, nullptr));
  return Completed(loaded, derived);
}

bool Requests::IsVoided(const v1::Request& stored) const {
  const absl::StatusOr<EventLog> log = LogReader(store_, nullptr).Read(stored.name());
  return log.ok() && FindVoiding(log->events) != nullptr;
}

absl::StatusOr<v1::Request> Requests::CreateRequest(const Principal& caller,
                                                    const v1::CreateRequestRequest& request) {
  const storage::IdempotentCall call("CreateRequest", caller.name(), request.request_id(), request);
  FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> answer, call.FindAnswer(*store_));
  v1::Request stored;
  if (answer.has_value() && stored.ParseFromString(*answer)) {
    FOIA_ASSIGN_OR_RETURN(stored, Find(caller, stored.name()));  // the caller's role may be gone
    return WithLinks(caller, std::move(stored));
  }
  FOIA_RETURN_IF_ERROR(UpdateFields({}, RequestFields(), request.request(), stored));
  if (request.request().agency().empty()) {
    return InvalidFields({{"request.agency", "is required"}});
  }
  FOIA_ASSIGN_OR_RETURN(const v1::Agency agency, agencies_->Find(request.request().agency()));
  stored.set_agency(agency.name());
  AddNumbers(stored.tracking_numbers(), *stored.mutable_numbers());
  stored.clear_tracking_numbers();
  stored.clear_today();
  FOIA_RETURN_IF_ERROR(Resolve(caller, v1::Request(), stored));
  if (request.request().label().empty()) {
    stored.set_label(access::DefaultLabel(caller));
  } else {
    FOIA_ASSIGN_OR_RETURN(*stored.mutable_label(),
                          access::FindLabel(caller, request.request().label()));
  }
  if (stored.label().empty()) {
    return MakeError(Reason::REASON_PERMISSION_DENIED,
                     "you have no label to write to; ask an owner for a role on one");
  }
  FOIA_RETURN_IF_ERROR(
      access::Check(caller, access::Action::kWrite, stored.label(), stored.label()));
  const absl::Time now = clock_->Now();
  stored.set_name(absl::StrCat("requests/", NewId('r', now)));
  FOIA_RETURN_IF_ERROR(ResolveOwner(caller, v1::Request(), stored));
  if (stored.owner().empty()) stored.set_owner(caller.name());
  *stored.mutable_create_time() = ToTimestamp(now);
  *stored.mutable_update_time() = stored.create_time();
  absl::MutexLock filing(
      &filing_mutexes_[std::hash<std::string>()(FilingKey(stored)) % filing_mutexes_.size()]);
  while (true) {  // again when somebody wrote one of its tracking numbers meanwhile
    FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> first, call.FindAnswer(*store_));
    if (first.has_value() && stored.ParseFromString(*first)) {
      return WithLinks(caller, std::move(stored));
    }
    if (!request.again()) FOIA_RETURN_IF_ERROR(CheckNewFiling(caller, stored));
    WriteBatch batch;
    std::vector<Precondition> preconditions;
    call.Remember(stored, batch, preconditions);
    const absl::Status status = Save(caller, "", stored, request.shared_numbers(), std::move(batch),
                                     std::move(preconditions), request.validate_only());
    if (absl::IsAborted(status)) continue;
    FOIA_RETURN_IF_ERROR(status);
    if (request.validate_only()) {
      FOIA_ASSIGN_OR_RETURN(v1::Request shown, Completed(std::move(stored)));
      shown.clear_name();
      return shown;
    }
    return WithLinks(caller, std::move(stored));
  }
}

absl::Status Requests::CheckNewFiling(const Principal& caller, const v1::Request& request) const {
  if (FilingKey(request).empty()) return absl::OkStatus();
  for (const std::string& name : docket_->FindFilings(request)) {
    FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> bytes, store_->Get(RequestKey(name)));
    if (!bytes.has_value()) continue;
    const v1::Request other = ParseRequest(*bytes);
    // A request that the caller may not see is not spoken of.
    if (!access::MaySee(caller, other.label()) || other.agency() != request.agency() ||
        FilingKey(other) != FilingKey(request) || HaveDifferentNumbers(request, other) ||
        IsVoided(other)) {
      continue;
    }
    FOIA_ASSIGN_OR_RETURN(const v1::Agency agency, agencies_->Find(other.agency()));
    return MakeError(Reason::REASON_ALREADY_EXISTS,
                     absl::StrCat(agency.path(), " was asked for the same already: ",
                                  other.name().substr(other.name().find('/') + 1), ", ",
                                  other.subject(), "; --again asks a second time"),
                     {{"request", other.name()}});
  }
  return absl::OkStatus();
}

absl::Status Requests::Resolve(const Principal& caller, const v1::Request& before,
                               v1::Request& request) const {
  FieldViolations violations;
  CheckRequest(request, violations);
  CheckRecordsPeriod(before, absl::ToCivilDay(clock_->Now(), absl::UTCTimeZone()), request,
                     violations);
  FOIA_RETURN_IF_ERROR(InvalidFields(violations));
  CleanTags(*request.mutable_tags());
  // What stands there already may be out of the caller's sight, and stays as it is.
  if (!request.matter().empty() && request.matter() != before.matter()) {
    FOIA_ASSIGN_OR_RETURN(const v1::Matter matter, matters_.Find(caller, request.matter()));
    request.set_matter(matter.name());
  }
  for (v1::TrackingNumber& number : *request.mutable_numbers()) {
    // What people did not say, the number's shape may: 2020-ICAP-00440 is an appeal at ICE.
    const std::optional<RecognisedNumber> recognised = agencies_->Recognise(
        number.value(), number.issuer().empty() ? request.agency() : number.issuer());
    if (number.kind() == v1::TRACKING_NUMBER_KIND_UNSPECIFIED) {
      number.set_kind(recognised.has_value() ? recognised->kind : v1::TRACKING_NUMBER_KIND_INITIAL);
    }
    if (number.issuer().empty()) {
      number.set_issuer(recognised.has_value() ? recognised->issuer : request.agency());
    }
    // An issuer that is no agency is free text, for example a court.
    const absl::StatusOr<v1::Agency> issuer = agencies_->Find(number.issuer());
    if (issuer.ok()) number.set_issuer(issuer->name());
  }
  google::protobuf::RepeatedPtrField<v1::RequestLink> links;
  for (const v1::RequestLink& link : before.links()) {
    if (!Find(caller, link.request()).ok()) *links.Add() = link;
  }
  for (v1::RequestLink& link : *request.mutable_links()) {
    const bool is_kept = std::any_of(links.begin(), links.end(), [&](const v1::RequestLink& kept) {
      return kept.request() == link.request() && kept.kind() == link.kind();
    });
    if (link.reverse() || is_kept) continue;  // a reverse one stands in the other request
    FOIA_ASSIGN_OR_RETURN(const v1::Request other, Find(caller, link.request()));
    if (other.name() == request.name()) {
      return InvalidFields({{"request.links", "names the request itself"}});
    }
    link.set_request(other.name());
    *links.Add() = link;
  }
  request.mutable_links()->Swap(&links);
  return absl::OkStatus();
}

absl::Status Requests::ResolveOwner(const Principal& caller, const v1::Request& before,
                                    v1::Request& request) const {
  if (request.owner().empty() || request.owner() == before.owner()) return absl::OkStatus();
  FOIA_ASSIGN_OR_RETURN(*request.mutable_owner(),
                        owners_.Find(caller, request.owner(), request.label(), "request.owner"));
  return absl::OkStatus();
}

absl::Status Requests::ResolveFilter(const Principal& caller, v1::RequestFilter& filter) const {
  if (!filter.owner().empty()) {
    FOIA_ASSIGN_OR_RETURN(*filter.mutable_owner(), owners_.FindForFilter(caller, filter.owner()));
  }
  if (!filter.matter().empty()) {
    FOIA_ASSIGN_OR_RETURN(const v1::Matter matter, matters_.Find(caller, filter.matter()));
    filter.set_matter(matter.name());
  }
  for (v1::RequestFilter& excluded : *filter.mutable_excluded()) {
    FOIA_RETURN_IF_ERROR(ResolveFilter(caller, excluded));
  }
  return absl::OkStatus();
}

absl::Status Requests::Save(const Principal& caller, const std::string& before_bytes,
                            const v1::Request& after, bool shared_numbers, WriteBatch batch,
                            std::vector<Precondition> preconditions, bool validate_only) const {
  const v1::Request before = ParseRequest(before_bytes);
  const std::string& name = after.name();
  preconditions.push_back(before_bytes.empty()
                              ? Precondition::KeyAbsent(RequestKey(name))
                              : Precondition::KeyEquals(RequestKey(name), before_bytes));
  batch.Put(RequestKey(name), after.SerializeAsString());
  Matters::MoveRequest(name, before.matter(), after.matter(), batch);

  // What it had and what it has, by key; the same key on both sides is left alone.
  std::set<std::string> old_numbers, new_numbers;
  for (const v1::TrackingNumber& number : before.numbers()) {
    batch.Delete(TrackingPrefix(number.value()) + name);
    old_numbers.insert(IssuedKey(number));
  }
  for (const v1::TrackingNumber& number : after.numbers()) {
    batch.Put(TrackingPrefix(number.value()) + name, "");
    if (!new_numbers.insert(IssuedKey(number)).second) {
      return InvalidFields(
          {{"request.numbers", absl::StrCat("'", number.value(), "' stands there twice")}});
    }
  }
  for (const std::string& key : old_numbers) new_numbers.insert(key);
  for (const std::string& key : new_numbers) {
    const auto has = [&key](const v1::Request& request) {
      return std::any_of(request.numbers().begin(), request.numbers().end(),
                         [&](const v1::TrackingNumber& n) { return IssuedKey(n) == key; });
    };
    if (has(after) && old_numbers.count(key) > 0) continue;
    FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> issued, store_->Get(key));
    preconditions.push_back(issued.has_value() ? Precondition::KeyEquals(key, *issued)
                                               : Precondition::KeyAbsent(key));
    std::set<std::string> holders;
    for (absl::string_view holder : absl::StrSplit(issued.value_or(""), '\n', absl::SkipEmpty())) {
      if (holder != name) holders.insert(std::string(holder));
    }
    if (has(after)) {
      for (const std::string& holder : shared_numbers ? std::set<std::string>() : holders) {
        FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> other,
                              store_->Get(RequestKey(holder)));
        // A request that the caller may not see is not spoken of; one that was opened by mistake
        // keeps no number from another.
        if (!other.has_value() || !access::MaySee(caller, ParseRequest(*other).label()) ||
            IsVoided(ParseRequest(*other))) {
          continue;
        }
        return MakeError(Reason::REASON_TRACKING_NUMBER_TAKEN,
                         absl::StrCat("'", key.substr(key.rfind('/') + 1), "' is the number of ",
                                      holder, " already"),
                         {{"request", holder}});
      }
      holders.insert(name);
    }
    if (holders.empty()) {
      batch.Delete(key);
    } else {
      batch.Put(key, absl::StrJoin(holders, "\n"));
    }
  }
  for (const v1::RequestLink& link : before.links()) {
    batch.Delete(LinkPrefix(link.request()) + name);
  }
  for (const v1::RequestLink& link : after.links()) {
    batch.Put(LinkPrefix(link.request()) + name, "");
  }
  if (validate_only) return absl::OkStatus();
  return docket_->CommitRequest(after, std::move(batch), preconditions);
}

absl::StatusOr<v1::Request> Requests::WithLinks(const Principal& caller, v1::Request stored) const {
  google::protobuf::RepeatedPtrField<v1::RequestLink> visible;
  for (const v1::RequestLink& link : stored.links()) {
    if (Find(caller, link.request()).ok()) *visible.Add() = link;
  }
  const std::string prefix = LinkPrefix(stored.name());
  auto it = store_->Scan(ScanOptions::Prefix(prefix));
  for (; it->Valid(); it->Next()) {
    const absl::StatusOr<v1::Request> other = Find(caller, it->key().substr(prefix.size()));
    if (!other.ok()) continue;
    for (const v1::RequestLink& link : other->links()) {
      if (link.request() != stored.name()) continue;
      v1::RequestLink& reverse = *visible.Add();
      reverse.set_kind(link.kind());
      reverse.set_request(other->name());
      reverse.set_reverse(true);
    }
  }
  FOIA_RETURN_IF_ERROR(it->status());
  FOIA_ASSIGN_OR_RETURN(v1::Request request, Completed(std::move(stored)));
  request.mutable_links()->Swap(&visible);
  return request;
}

absl::StatusOr<v1::Request> Requests::GetRequest(const Principal& caller,
                                                 const v1::GetRequestRequest& request) {
  FOIA_ASSIGN_OR_RETURN(v1::Request stored, Find(caller, request.name()));
  return WithLinks(caller, std::move(stored));
}

absl::StatusOr<v1::ListRequestsResponse> Requests::ListRequests(
    const Principal& caller, const v1::ListRequestsRequest& question) {
  v1::ListRequestsRequest request = question;
  FOIA_RETURN_IF_ERROR(ResolveFilter(caller, *request.mutable_filter()));
  FOIA_ASSIGN_OR_RETURN(const int limit, PageSize(request.page_size()));
  const std::string list =
      absl::StrCat("requests/", request.order(), request.show_voided() ? "+voided/" : "/",
                   request.filter().SerializeAsString());
  FOIA_ASSIGN_OR_RETURN(const std::string last, ReadPageToken(list, request.page_token()));
  const auto size = static_cast<size_t>(limit);
  FOIA_ASSIGN_OR_RETURN(const std::vector<Docket::Found> found,
                        docket_->FindRequests(caller, request, last, size + 1));
  v1::ListRequestsResponse response;
  for (size_t i = 0; i < std::min(size, found.size()); ++i) {
    FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                          store_->Get(RequestKey(found[i].name)));
    if (!bytes.has_value()) continue;
    v1::Request stored = ParseRequest(*bytes);
    if (!access::MaySee(caller, stored.label())) continue;  // since a moment ago
    v1::Request& shown = *response.add_requests();
    FOIA_ASSIGN_OR_RETURN(shown, Completed(std::move(stored)));
    shown.clear_text();  // letters are long, and a list needs none
    shown.clear_waiver_text();
    shown.clear_expedite_text();
  }
  if (found.size() > size) response.set_next_page_token(MakePageToken(list, found[size - 1].key));
  return response;
}

absl::Status Requests::ValidateEvent(const v1::Event& event, const Loaded& loaded,
                                     const Derived& derived) const {
  const bool takes_back = event.type() == v1::EVENT_TYPE_CORRECTION || !event.supersedes().empty();
  if (!derived.voided.empty() && !takes_back && event.type() != v1::EVENT_TYPE_NOTE) {
    return MakeError(Reason::REASON_REQUEST_VOIDED,
                     absl::StrCat("'", loaded.request.name(), "': ", derived.voided),
                     {{"request", loaded.request.name()}});
  }
  FieldViolations violations;
  if (EventTypeName(event.type()) == EventTypeName(v1::EVENT_TYPE_UNSPECIFIED)) {
    violations.emplace_back("event.type", "is required; see 'foia event types'");
  }
  absl::CivilSecond ignored;
  if (!event.local_time().empty() &&
      (event.local_time().size() != 5 ||
       !absl::ParseCivilTime(absl::StrCat("2000-01-01T", event.local_time(), ":00"), &ignored))) {
    violations.emplace_back("event.local_time", "must be HH:MM");
  }
  absl::TimeZone zone;
  // Names only: a path would be opened.
  const bool is_name = event.time_zone().size() <= 64 &&
                       event.time_zone().find("..") == std::string::npos &&
                       !absl::StartsWith(event.time_zone(), "/");
  if (!event.time_zone().empty() && (!is_name || !absl::LoadTimeZone(event.time_zone(), &zone))) {
    violations.emplace_back("event.time_zone", "is not an IANA time zone");
  }
  if (event.ByteSizeLong() > kMaxEventBytes) {
    violations.emplace_back("event", absl::StrCat("is longer than ", kMaxEventBytes >> 10, " KiB"));
  }
  if (loaded.events.size() >= kMaxEvents) {
    violations.emplace_back("parent", absl::StrCat("has ", kMaxEvents, " events already"));
  }
  if (!event.supersedes().empty()) {
    const auto same = [&event](const v1::Event& other) {
      return other.name() == event.supersedes();
    };
    if (std::none_of(loaded.events.begin(), loaded.events.end(), same)) {
      violations.emplace_back("event.supersedes", "is not an event of this request");
    }
    const auto taken = [&event](const v1::Event& other) {
      return other.supersedes() == event.supersedes();
    };
    if (std::any_of(loaded.events.begin(), loaded.events.end(), taken)) {
      violations.emplace_back("event.supersedes",
                              "was superseded already; supersede the newer event");
    }
  } else if (event.type() == v1::EVENT_TYPE_CORRECTION) {
    violations.emplace_back("event.supersedes", "is required: the event that is taken back");
  }
  const Attributes attributes(event.attributes().begin(), event.attributes().end());
  for (auto& violation : CheckAttributes(event.type(), attributes, *derived.rules)) {
    violations.push_back(std::move(violation));
  }
  for (auto& violation : CheckTargets(ForEngine({event}).front(), derived.events, *derived.rules)) {
    if (std::none_of(violations.begin(), violations.end(),
                     [&](const auto& other) { return other.first == violation.first; })) {
      violations.push_back(std::move(violation));
    }
  }
  FOIA_RETURN_IF_ERROR(InvalidFields(violations));
  FOIA_ASSIGN_OR_RETURN(const CivilDate day,
                        DateFromProto(event.effective_on(), "event.effective_on"));
  return event.type() == v1::EVENT_TYPE_LAPSE_SEEN
             ? CheckLapse(attributes.at("deadline"), day, *derived.rules, derived.events,
                          derived.deadlines)
             : absl::OkStatus();
}

std::vector<Conflict> Requests::NewConflicts(const Derived& before, const Derived& after,
                                             const v1::Event& event) {
  std::set<std::pair<std::string, std::string_view>> known;
  for (const Conflict& conflict :
       FindConflicts(Timeline(*before.rules, before.events, before.deadlines))) {
    known.emplace(conflict.event_id, conflict.rule->name);
    // What takes the place of a contradiction makes no new one.
    if (conflict.event_id == event.supersedes()) known.emplace(event.name(), conflict.rule->name);
  }
  std::vector<Conflict> conflicts =
      FindConflicts(Timeline(*after.rules, after.events, after.deadlines));
  conflicts.erase(std::remove_if(conflicts.begin(), conflicts.end(),
                                 [&known](const Conflict& conflict) {
                                   return known.count({conflict.event_id, conflict.rule->name}) > 0;
                                 }),
                  conflicts.end());
  return conflicts;
}

template <typename Response, typename Call, typename MakeEvent>
absl::StatusOr<Response> Requests::Record(const Principal& caller, std::string_view method,
                                          const Call& request, MakeEvent make_event,
                                          bool accept_conflict, bool validate_only) {
  FOIA_ASSIGN_OR_RETURN(const v1::Request stored, Find(caller, request.parent()));
  FOIA_RETURN_IF_ERROR(
      access::Check(caller, access::Action::kWrite, stored.label(), stored.name()));
  const storage::IdempotentCall call(method, caller.name(), request.request_id(), request);
  const absl::Time now = clock_->Now();
  while (true) {  // again when another event was recorded meanwhile
    FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> answer, call.FindAnswer(*store_));
    Response response;
    if (answer.has_value() && response.ParseFromString(*answer)) return response;
    const std::unique_ptr<Snapshot> snapshot = store_->GetSnapshot();
    FOIA_ASSIGN_OR_RETURN(Loaded loaded, Load(stored, snapshot.get()));
    FOIA_ASSIGN_OR_RETURN(const Derived before, Derive(loaded, nullptr));
    if (!request.etag().empty()) {
      FOIA_ASSIGN_OR_RETURN(const v1::Request current, Completed(loaded, before));
      if (request.etag() != current.etag()) {
        return StaleEtag(caller, stored, request.etag());
      }
    }
    FOIA_ASSIGN_OR_RETURN(v1::Event event, make_event(loaded, before, response));
    event.set_name(absl::StrCat(stored.name(), "/events/", NewId('e', now)));
    *event.mutable_record_time() = ToTimestamp(now);
    event.set_actor(caller.name());
    event.clear_superseded_by();
    event.clear_conflicts();
    v1::StoredEvent record;
    record.set_payload(event.SerializeAsString());
    record.set_previous_hash(loaded.head.empty() ? "" : loaded.head.substr(4));
    record.set_hash(Sha256(record.previous_hash() + record.payload()));
    const auto count = static_cast<uint32_t>(loaded.events.size());
    std::string key = EventPrefix(stored.name());
    storage::AppendBigEndian32(count, key);
    WriteBatch batch;
    batch.Put(key, record.SerializeAsString());
    batch.Put(HeadKey(stored.name()), HeadOf(count + 1, record.hash()));
    std::vector<Precondition> preconditions{
        loaded.head.empty() ? Precondition::KeyAbsent(HeadKey(stored.name()))
                            : Precondition::KeyEquals(HeadKey(stored.name()), loaded.head)};

    loaded.head = HeadOf(count + 1, record.hash());
    loaded.events.push_back(event);
    FOIA_ASSIGN_OR_RETURN(const Derived after, Derive(loaded, nullptr));
    const std::vector<Conflict> conflicts = NewConflicts(before, after, event);
    if (!conflicts.empty() && !accept_conflict) {
      return IllegalEvent(conflicts,
                          LikelyDay(after.events.back(), after.events, *after.rules, after.as_of));
    }
    *response.mutable_event() = event;
    for (const Conflict& conflict : conflicts) {
      response.add_warnings(conflict.text);
      if (conflict.event_id == event.name()) {
        response.mutable_event()->add_conflicts(conflict.text);
      }
    }
    for (const v1::DeadlineChange& change : ChangesBetween(before.deadlines, after.deadlines)) {
      *response.add_changes() = change;
    }
    for (const std::string& warning : NewWarnings(before.deadlines, after.deadlines)) {
      response.add_warnings(warning);
    }
    for (const std::string& doubt : Doubts(event, after.events, *after.rules, after.as_of)) {
      response.add_warnings(doubt);
    }
    FOIA_ASSIGN_OR_RETURN(*response.mutable_request(), Completed(loaded, after));
    if (validate_only) return response;
    call.Remember(response, batch, preconditions);
    const absl::Status status = docket_->CommitLog(stored, loaded, std::move(batch), preconditions);
    if (absl::IsAborted(status)) continue;
    FOIA_RETURN_IF_ERROR(status);
    return response;
  }
}

absl::StatusOr<v1::CreateEventResponse> Requests::CreateEvent(
    const Principal& caller, const v1::CreateEventRequest& request) {
  return Record<v1::CreateEventResponse>(
      caller, "CreateEvent", request,
      [&](const Loaded& loaded, const Derived& derived,
          v1::CreateEventResponse&) -> absl::StatusOr<v1::Event> {
        v1::Event event = request.event();
        FOIA_RETURN_IF_ERROR(ResolveEventNames(loaded.events, event));
        if (event.type() == v1::EVENT_TYPE_VOIDED && !event.has_effective_on()) {
          *event.mutable_effective_on() = DateToProto(derived.as_of);
        }
        FOIA_RETURN_IF_ERROR(ValidateEvent(event, loaded, derived));
        if (!request.allow_future()) {
          // Machines and their users often keep UTC.
          const CivilDate today =
              std::max(derived.as_of, absl::ToCivilDay(clock_->Now(), absl::UTCTimeZone()));
          FOIA_RETURN_IF_ERROR(
              CheckNotAhead(ForEngine({event}).front(), derived.events, *derived.rules, today));
        }
        return event;
      },
      request.accept_conflict(), request.validate_only());
}

absl::StatusOr<v1::UndoLastEventResponse> Requests::UndoLastEvent(
    const Principal& caller, const v1::UndoLastEventRequest& request) {
  return Record<v1::UndoLastEventResponse>(
      caller, "UndoLastEvent", request,
      [&](const Loaded& loaded, const Derived&,
          v1::UndoLastEventResponse& response) -> absl::StatusOr<v1::Event> {
        if (loaded.events.empty()) {
          return MakeError(Reason::REASON_NOTHING_TO_UNDO,
                           absl::StrCat("nothing was recorded of '", loaded.request.name(), "'"),
                           {{"request", loaded.request.name()}});
        }
        FOIA_RETURN_IF_ERROR(CheckIsLast(request.event(), loaded.events));
        // What replaced nothing is taken back. What replaced another gives way to that one again:
        // so undoing an undo brings back what it took.
        const v1::Event& last = loaded.events.back();
        const auto replaced =
            std::find_if(loaded.events.begin(), loaded.events.end(),
                         [&last](const v1::Event& e) { return e.name() == last.supersedes(); });
        v1::Event event;
        if (replaced != loaded.events.end()) {
          event = *replaced;
        } else {
          event.set_type(v1::EVENT_TYPE_CORRECTION);
          *event.mutable_effective_on() = last.effective_on();
          event.set_source("undo");
        }
        event.set_supersedes(last.name());
        *response.mutable_undone() = last;
        return event;
      },
      /*accept_conflict=*/true, request.validate_only());
}

absl::StatusOr<v1::ListEventsResponse> Requests::ListEvents(const Principal& caller,
                                                            const v1::ListEventsRequest& request) {
  FOIA_ASSIGN_OR_RETURN(const v1::Request stored, Find(caller, request.parent()));
  FOIA_ASSIGN_OR_RETURN(const int limit, PageSize(request.page_size()));
  const std::string list = absl::StrCat("events/", stored.name());
  FOIA_ASSIGN_OR_RETURN(const std::string last, ReadPageToken(list, request.page_token()));
  FOIA_ASSIGN_OR_RETURN(const Loaded loaded, Load(stored, nullptr));
  FOIA_ASSIGN_OR_RETURN(const Derived derived, Derive(loaded, nullptr));
  std::map<std::string_view, std::string_view> superseded_by;
  std::vector<size_t> order;
  for (size_t i = 0; i < loaded.events.size(); ++i) {
    order.push_back(i);
    superseded_by[loaded.events[i].supersedes()] = loaded.events[i].name();
  }
  std::sort(order.begin(), order.end(), [&derived](size_t a, size_t b) {
    return CountsBefore(*derived.rules, derived.events[a], derived.events[b]);
  });
  // Events are only ever added: the one that ended the last page is still there.
  auto next = std::find_if(order.begin(), order.end(),
                           [&](size_t i) { return loaded.events[i].name() == last; });
  next = next == order.end() ? order.begin() : next + 1;
  const std::vector<Conflict> conflicts =
      FindConflicts(Timeline(*derived.rules, derived.events, derived.deadlines));
  v1::ListEventsResponse response;
  for (; next != order.end() && response.events_size() < limit; ++next) {
    v1::Event& event = *response.add_events();
    event = loaded.events[*next];
    if (const auto by = superseded_by.find(event.name()); by != superseded_by.end()) {
      event.set_superseded_by(std::string(by->second));
    }
    for (const Conflict& conflict : conflicts) {
      if (conflict.event_id == event.name()) event.add_conflicts(conflict.text);
    }
  }
  if (next != order.end()) {
    response.set_next_page_token(MakePageToken(list, response.events().rbegin()->name()));
  }
  return response;
}

absl::StatusOr<v1::VerifyEventsResponse> Requests::Verify(const std::string& name) const {
  const std::unique_ptr<Snapshot> snapshot = store_->GetSnapshot();
  FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> head,
                        store_->Get(HeadKey(name), snapshot.get()));
  v1::VerifyEventsResponse response;
  std::string hash;
  ScanOptions scan = ScanOptions::Prefix(EventPrefix(name));
  scan.snapshot = snapshot.get();
  auto it = store_->Scan(scan);
  for (; it->Valid(); it->Next()) {
    v1::StoredEvent record;
    const bool readable =
        record.ParseFromArray(it->value().data(), static_cast<int>(it->value().size()));
    if (!readable || record.previous_hash() != hash ||
        record.hash() != Sha256(hash + record.payload())) {
      v1::Event event;
      event.ParseFromString(record.payload());
      response.set_broken_at(event.name().empty()
                                 ? absl::StrCat(name, "/events/#", response.events() + 1)
                                 : event.name());
      return response;
    }
    hash = record.hash();
    response.set_events(response.events() + 1);
  }
  FOIA_RETURN_IF_ERROR(it->status());
  const std::string expected =
      response.events() == 0 ? "" : HeadOf(static_cast<uint32_t>(response.events()), hash);
  if (head.value_or("") != expected) response.set_broken_at(absl::StrCat(name, "/events/#end"));
  return response;
}

absl::StatusOr<v1::VerifyEventsResponse> Requests::VerifyEvents(
    const Principal& caller, const v1::VerifyEventsRequest& request) {
  FOIA_ASSIGN_OR_RETURN(const v1::Request stored, Find(caller, request.name()));
  return Verify(stored.name());
}

absl::StatusOr<Requests::ChainCheck> Requests::VerifyAll() const {
  ChainCheck check;
  auto it = store_->Scan(ScanOptions::Prefix("request/"));
  for (; it->Valid(); it->Next()) {
    const std::string name(it->key().substr(std::string_view("request/").size()));
    FOIA_ASSIGN_OR_RETURN(const v1::VerifyEventsResponse verified, Verify(name));
    check.events += verified.events();
    if (!verified.broken_at().empty()) check.broken.push_back(verified.broken_at());
  }
  FOIA_RETURN_IF_ERROR(it->status());
  return check;
}

absl::StatusOr<v1::ComputeDeadlinesResponse> Requests::ComputeDeadlines(
    const Principal& caller, const v1::ComputeDeadlinesRequest& request) {
  FOIA_ASSIGN_OR_RETURN(v1::Request stored, Find(caller, request.name()));
  FOIA_ASSIGN_OR_RETURN(const Loaded loaded, Load(std::move(stored), nullptr));
  FOIA_ASSIGN_OR_RETURN(Derived derived,
                        Derive(loaded, request.has_as_of() ? &request.as_of() : nullptr));
  std::stable_sort(derived.deadlines.begin(), derived.deadlines.end(),
                   [](const v1::Deadline& a, const v1::Deadline& b) {
                     if (a.has_date() != b.has_date()) return a.has_date();
                     return a.has_date() && DateOrder(a.date(), b.date()) < 0;
                   });
  v1::ComputeDeadlinesResponse response;
  for (v1::Deadline& deadline : derived.deadlines) {
    deadline.set_rules_digest(derived.rules->digest());
    *response.add_deadlines() = std::move(deadline);
  }
  response.set_rules_digest(derived.rules->digest());
  return response;
}

absl::StatusOr<v1::Explanation> Requests::ExplainDeadline(
    const Principal& caller, const v1::ExplainDeadlineRequest& request) {
  FOIA_ASSIGN_OR_RETURN(v1::Request stored, Find(caller, request.name()));
  FOIA_ASSIGN_OR_RETURN(const Loaded loaded, Load(std::move(stored), nullptr));
  FOIA_ASSIGN_OR_RETURN(const Derived derived,
                        Derive(loaded, request.has_as_of() ? &request.as_of() : nullptr));
  FOIA_ASSIGN_OR_RETURN(std::vector<v1::Explanation> explanations,
                        Explain(*derived.rules, derived.rules->calendar(), derived.events,
                                derived.as_of, request.deadline_id()));
  if (explanations.empty()) {
    return MakeError(Reason::REASON_NOT_FOUND,
                     absl::StrCat("nothing has started '", request.deadline_id(), "'"),
                     {{"deadline", request.deadline_id()}});
  }
  // One per event that started it: the newest is the one that is asked about.
  v1::Explanation& newest = explanations.back();
  if (const v1::Event* voided = FindVoidingOn(derived.as_of, loaded.events, *derived.rules)) {
    EndByVoiding(*voided, *newest.mutable_deadline());
    newest.set_text(absl::StrCat(derived.voided, "\n", newest.text()));
  }
  return std::move(newest);
}

absl::StatusOr<v1::RightToSue> Requests::GetRightToSue(const Principal& caller,
                                                       const v1::GetRightToSueRequest& request) {
  FOIA_ASSIGN_OR_RETURN(v1::Request stored, Find(caller, request.name()));
  FOIA_ASSIGN_OR_RETURN(const Loaded loaded, Load(std::move(stored), nullptr));
  FOIA_ASSIGN_OR_RETURN(const Derived derived,
                        Derive(loaded, request.has_as_of() ? &request.as_of() : nullptr));
  if (!derived.voided.empty()) {
    v1::RightToSue none;
    none.set_text(absl::StrCat(derived.voided, "\n"));
    return none;
  }
  return MeasureRightToSue(*derived.rules, ForEngine(loaded.events), derived.as_of);
}

absl::StatusOr<v1::ListDocketResponse> Requests::ListDocket(const Principal& caller,
                                                            const v1::ListDocketRequest& request) {
  v1::ListDocketRequest resolved = request;
  FOIA_RETURN_IF_ERROR(ResolveFilter(caller, *resolved.mutable_filter()));
  FOIA_ASSIGN_OR_RETURN(v1::ListDocketResponse response, docket_->List(caller, resolved));
  for (v1::DocketEntry& entry : *response.mutable_entries()) {
    v1::Request& shown = *entry.mutable_request();
    shown.set_owner_warning(owners_.Problem(shown.owner(), shown.label()));
  }
  return response;
}

}  // namespace foia::tracker
