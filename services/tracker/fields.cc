#include "services/tracker/fields.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/base/civil_date.h"
#include "services/base/strings.h"
#include "services/base/written_date.h"

namespace foia::tracker {
namespace {

// Far beyond what people type, and small enough to be held and searched.
constexpr size_t kMaxItems = 200;
constexpr size_t kMaxLine = 4 << 10;
constexpr size_t kMaxNotes = 64 << 10;
constexpr size_t kMaxText = 1 << 20;

// An address in a list of a message: "request.parties[2].role".
std::string At(std::string_view field, int index, const char* part) {
  return absl::StrCat(ToAbsl(field), "[", index, "].", part);
}

}  // namespace

const std::vector<std::string>& RequestFields() {
  static const std::vector<std::string>& fields = *new std::vector<std::string>{
      "subject",         "text",         "tracking_numbers", "owner",
      "records_sought",  "records_from", "records_to",       "fee_category",
      "fee_limit_cents", "waiver_text",  "expedite_text",    "tags",
      "notes",           "matter",       "parties",          "numbers",
      "links",           "format_wanted"};
  return fields;
}

const std::vector<std::string>& MatterFields() {
  static const std::vector<std::string>& fields = *new std::vector<std::string>{
      "title", "client_code", "privileged", "owner", "parties", "tags", "notes", "closed"};
  return fields;
}

void CleanTags(Tags& tags) {
  Tags kept;
  std::set<std::string> seen;
  for (const std::string& tag : tags) {
    const std::string trimmed(absl::StripAsciiWhitespace(tag));
    if (trimmed.empty() || !seen.insert(absl::AsciiStrToLower(trimmed)).second) continue;
    *kept.Add() = trimmed;
  }
  tags.Swap(&kept);
}

void CheckParties(const Parties& parties, std::string_view field, FieldViolations& violations) {
  for (int i = 0; i < parties.size(); ++i) {
    if (absl::StripAsciiWhitespace(parties[i].display_name()).empty()) {
      violations.emplace_back(At(field, i, "display_name"), "is required");
    }
    if (parties[i].role() == v1::PARTY_ROLE_UNSPECIFIED ||
        !v1::PartyRole_IsValid(parties[i].role())) {
      violations.emplace_back(At(field, i, "role"),
                              "must be requester, co_requester, counsel, researcher or observer");
    }
  }
}

void CheckRequest(const v1::Request& request, FieldViolations& violations) {
  if (absl::StripAsciiWhitespace(request.subject()).empty()) {
    violations.emplace_back("request.subject", "is required");
  }
  const auto day = [&](const common::v1::Date& date, const char* field) {
    const absl::StatusOr<CivilDate> parsed = DateFromProto(date, field);
    if (!parsed.ok()) violations.emplace_back(field, "is not a date");
    return parsed.value_or(CivilDate());
  };
  CivilDate from;
  if (request.has_records_from()) from = day(request.records_from(), "request.records_from");
  if (request.has_records_to()) {
    const CivilDate to = day(request.records_to(), "request.records_to");
    if (request.has_records_from() && to < from) {
      violations.emplace_back("request.records_to", "lies before records_from");
    }
  }
  if (!v1::FeeCategory_IsValid(request.fee_category())) {
    violations.emplace_back("request.fee_category", "is unknown");
  }
  if (request.fee_limit_cents() < 0) {
    violations.emplace_back("request.fee_limit_cents", "must not be negative");
  }
  CheckParties(request.parties(), "request.parties", violations);
  const auto at_most = [&](size_t most, size_t size, const char* field, const char* what) {
    if (size > most) violations.emplace_back(field, absl::StrCat("has more than ", most, what));
  };
  const auto count = [](const auto& list) { return static_cast<size_t>(list.size()); };
  at_most(kMaxItems, count(request.numbers()), "request.numbers", " entries");
  at_most(kMaxItems, count(request.links()), "request.links", " entries");
  at_most(kMaxItems, count(request.parties()), "request.parties", " entries");
  at_most(kMaxItems, count(request.tags()), "request.tags", " entries");
  at_most(kMaxLine, request.subject().size(), "request.subject", " bytes");
  at_most(kMaxNotes, request.notes().size(), "request.notes", " bytes");
  at_most(kMaxNotes, request.records_sought().size(), "request.records_sought", " bytes");
  at_most(kMaxText, request.text().size(), "request.text", " bytes");
  at_most(kMaxText, request.waiver_text().size(), "request.waiver_text", " bytes");
  at_most(kMaxText, request.expedite_text().size(), "request.expedite_text", " bytes");
  if (!violations.empty()) return;  // what is too long is not looked at more closely
  for (int i = 0; i < request.numbers_size(); ++i) {
    const v1::TrackingNumber& number = request.numbers(i);
    if (NormalTrackingNumber(number.value()).empty()) {
      violations.emplace_back(At("request.numbers", i, "value"), "needs letters or digits");
    }
    if (!v1::TrackingNumberKind_IsValid(number.kind())) {
      violations.emplace_back(At("request.numbers", i, "kind"), "is unknown");
    }
  }
  for (int i = 0; i < request.links_size(); ++i) {
    if (request.links(i).kind() == v1::LINK_KIND_UNSPECIFIED ||
        !v1::LinkKind_IsValid(request.links(i).kind())) {
      violations.emplace_back(At("request.links", i, "kind"), "is required");
    }
    if (!request.name().empty() && request.links(i).request() == request.name()) {
      violations.emplace_back(At("request.links", i, "request"), "is the request itself");
    }
  }
}

void CheckRecordsPeriod(const v1::Request& before, CivilDate today, const v1::Request& request,
                        FieldViolations& violations) {
  constexpr int kYearsAhead = 5;
  const CivilDate oldest(1, 1, 1);
  const CivilDate latest_end(today.year() + kYearsAhead, today.month(), today.day());
  const auto is_new = [](const common::v1::Date& old_day, const common::v1::Date& day) {
    return old_day.SerializeAsString() != day.SerializeAsString();
  };
  if (request.has_records_from() && is_new(before.records_from(), request.records_from())) {
    const absl::StatusOr<CivilDate> from = DateFromProto(request.records_from(), "records_from");
    if (from.ok() && *from > today) {
      violations.emplace_back(
          "request.records_from",
          absl::StrCat(FormatDate(*from), " lies after today", LikelyText(*from, oldest, today)));
    }
  }
  if (request.has_records_to() && is_new(before.records_to(), request.records_to())) {
    const absl::StatusOr<CivilDate> to = DateFromProto(request.records_to(), "records_to");
    if (to.ok() && *to > latest_end) {
      violations.emplace_back("request.records_to",
                              absl::StrCat(FormatDate(*to), " lies more than ", kYearsAhead,
                                           " years ahead", LikelyText(*to, oldest, today)));
    }
  }
}

std::string NormalTrackingNumber(std::string_view number) {
  std::string normal;
  for (const char c : number) {
    const auto byte = static_cast<unsigned char>(c);
    // Bytes of other alphabets stay: two numbers in them must not become one.
    if (absl::ascii_isalnum(byte) || byte >= 0x80) normal += absl::ascii_toupper(byte);
  }
  return normal;
}

std::string FilingKey(const v1::Request& request) {
  // The folding of numbers serves letters as well: scanned, typed and pasted texts differ in
  // blanks.
  if (std::string text = NormalTrackingNumber(request.text()); !text.empty()) return text;
  const std::string records = NormalTrackingNumber(request.records_sought());
  if (records.empty()) return "";
  return absl::StrCat("\n", records, "\n", request.records_from().SerializeAsString(), "\n",
                      request.records_to().SerializeAsString());
}

bool HaveDifferentNumbers(const v1::Request& a, const v1::Request& b) {
  if (!a.text().empty() || a.numbers().empty() || b.numbers().empty()) return false;
  std::set<std::string> numbers;
  for (const v1::TrackingNumber& number : a.numbers()) {
    numbers.insert(NormalTrackingNumber(number.value()));
  }
  return std::none_of(b.numbers().begin(), b.numbers().end(), [&](const auto& number) {
    return numbers.count(NormalTrackingNumber(number.value())) > 0;
  });
}

void ListNumbersInUse(v1::Request& request) {
  request.clear_tracking_numbers();
  for (const v1::TrackingNumber& number : request.numbers()) {
    if (!number.retired()) request.add_tracking_numbers(number.value());
  }
}

void AddNumbers(const Tags& values, TrackingNumbers& numbers) {
  for (const std::string& value : values) {
    const std::string normal = NormalTrackingNumber(value);
    const auto is_same = [&normal](const v1::TrackingNumber& number) {
      return NormalTrackingNumber(number.value()) == normal;
    };
    if (std::none_of(numbers.begin(), numbers.end(), is_same)) numbers.Add()->set_value(value);
  }
}

void RetireOtherNumbers(const Tags& values, TrackingNumbers& numbers) {
  std::set<std::string> wanted;
  for (const std::string& value : values) wanted.insert(NormalTrackingNumber(value));
  for (v1::TrackingNumber& number : numbers) {
    number.set_retired(wanted.count(NormalTrackingNumber(number.value())) == 0);
  }
}

bool StandsIn(std::string_view text, std::initializer_list<std::string_view> places) {
  const std::string wanted = absl::AsciiStrToLower(ToAbsl(text));
  return wanted.empty() || std::any_of(places.begin(), places.end(), [&](std::string_view place) {
           return absl::StrContains(absl::AsciiStrToLower(ToAbsl(place)), wanted);
         });
}

}  // namespace foia::tracker
