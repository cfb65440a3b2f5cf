#include "services/tracker/agency_checks.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/base/strings.h"
#include "services/tracker/tracking_pattern.h"

namespace foia::tracker {
namespace {

constexpr int kMaxItems = 50;  // contacts, patterns, aliases
constexpr size_t kMaxLine = 300;
constexpr size_t kMaxText = 10'000;

class Checker {
 public:
  Checker(const v1::Agency& agency, CivilDate today) : agency_(agency), today_(today) {}

  FieldViolations Check() {
    Required("display_name", agency_.display_name());
    Line("display_name", agency_.display_name());
    Abbreviation();
    if (!v1::AgencyKind_IsValid(agency_.kind())) Add("kind", "is unknown");
    if (Few("aliases", agency_.aliases_size())) {
      for (int i = 0; i < agency_.aliases_size(); ++i) {
        Required(absl::StrCat("aliases[", i, "]"), agency_.aliases(i));
        Line(absl::StrCat("aliases[", i, "]"), agency_.aliases(i));
      }
    }
    if (Few("contacts", agency_.contacts_size())) {
      for (int i = 0; i < agency_.contacts_size(); ++i) {
        CheckContact(absl::StrCat("contacts[", i, "]."), agency_.contacts(i));
      }
    }
    if (Few("tracking_number_patterns", agency_.tracking_number_patterns_size())) {
      for (int i = 0; i < agency_.tracking_number_patterns_size(); ++i) {
        const auto compiled = TrackingPattern::Compile(agency_.tracking_number_patterns(i));
        if (!compiled.ok()) {
          Add(absl::StrCat("tracking_number_patterns[", i, "]"),
              ToStd(compiled.status().message()));
        }
      }
    }
    Line("source", agency_.source());
    if (agency_.notes().size() > kMaxText) Add("notes", "is too long");
    return std::move(violations_);
  }

 private:
  void Add(const std::string& field, std::string_view what) {
    violations_.emplace_back("agency." + field, what);
  }
  void Required(const std::string& field, const std::string& text) {
    if (absl::StripAsciiWhitespace(text).empty()) Add(field, "is required");
  }
  void Line(const std::string& field, const std::string& text) {
    if (text.size() > kMaxLine) Add(field, "is too long");
    if (std::any_of(text.begin(), text.end(), absl::ascii_iscntrl)) Add(field, "is one line");
  }
  bool Few(const std::string& field, int count) {
    if (count > kMaxItems) Add(field, absl::StrCat("has more than ", kMaxItems, " entries"));
    return count <= kMaxItems;
  }

  void Abbreviation() {
    const std::string& text = agency_.abbreviation();
    if (text.empty() || text.find_first_of("/>") != std::string::npos) {
      Add("abbreviation", "is required, without '/' and '>'");
    } else if (text != absl::StripAsciiWhitespace(text)) {
      Add("abbreviation", "has blanks at its ends");
    }
    Line("abbreviation", text);
  }

  // Nothing when the date is absent or wrong; what is wrong is noted.
  std::optional<CivilDate> DateOf(const std::string& field, bool is_set,
                                  const common::v1::Date& date) {
    if (!is_set) return std::nullopt;
    const auto parsed = DateFromProto(date, field);
    if (parsed.ok()) return *parsed;
    Add(field, "is not a date");
    return std::nullopt;
  }

  void CheckContact(const std::string& at, const v1::Contact& contact) {
    if (!v1::ContactPurpose_IsValid(contact.purpose()) ||
        contact.purpose() == v1::CONTACT_PURPOSE_UNSPECIFIED) {
      Add(at + "purpose", "is required");
    }
    if (!v1::ContactChannel_IsValid(contact.channel()) ||
        contact.channel() == v1::CONTACT_CHANNEL_UNSPECIFIED) {
      Add(at + "channel", "is required");
    }
    Required(at + "address", contact.address());
    Address(at + "address", contact);
    Required(at + "source", contact.source());
    Line(at + "source", contact.source());
    const auto said = DateOf(at + "source_date", contact.has_source_date(), contact.source_date());
    if (!contact.has_source_date()) Add(at + "source_date", "is required: when the source said so");
    if (said.has_value() && *said > today_) Add(at + "source_date", "lies in the future");
    const auto from = DateOf(at + "valid_from", contact.has_valid_from(), contact.valid_from());
    const auto to = DateOf(at + "valid_to", contact.has_valid_to(), contact.valid_to());
    if (from.has_value() && to.has_value() && *to < *from) {
      Add(at + "valid_to", "is before valid_from");
    }
  }

  void Address(const std::string& field, const v1::Contact& contact) {
    const std::string& text = contact.address();
    if (text.size() > kMaxText) Add(field, "is too long");
    if (contact.channel() == v1::CONTACT_CHANNEL_MAIL) return;  // may span lines
    Line(field, text);
    const bool has_blank = std::any_of(text.begin(), text.end(), absl::ascii_isspace);
    if (contact.channel() == v1::CONTACT_CHANNEL_EMAIL &&
        (has_blank || std::count(text.begin(), text.end(), '@') != 1)) {
      Add(field, "is not an e-mail address");
    }
    if (contact.channel() == v1::CONTACT_CHANNEL_PORTAL &&
        (has_blank || !(absl::StartsWith(text, "https://") || absl::StartsWith(text, "http://")))) {
      Add(field, "is not a web address (https://...)");
    }
  }

  const v1::Agency& agency_;
  const CivilDate today_;
  FieldViolations violations_;
};

}  // namespace

FieldViolations CheckAgency(const v1::Agency& agency, CivilDate today) {
  return Checker(agency, today).Check();
}

}  // namespace foia::tracker
