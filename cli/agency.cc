#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "cli/app.h"
#include "foia/tracker/v1/agency_service.grpc.pb.h"
#include "services/base/civil_date.h"
#include "services/base/error.h"
#include "services/base/strings.h"

namespace foia::cli {
namespace {

using tracker::v1::Agency;
using tracker::v1::AgencyService;
using tracker::v1::Contact;
using tracker::v1::TrackingNumberPattern;

constexpr char kAgencyHelp[] = "Abbreviation (ICE), path (DHS/ICE/ERO), name or id";
constexpr char kKindPrefix[] = "AGENCY_KIND_";
constexpr char kPurposePrefix[] = "CONTACT_PURPOSE_";
constexpr char kChannelPrefix[] = "CONTACT_CHANNEL_";
constexpr char kNumberPrefix[] = "TRACKING_NUMBER_KIND_";

std::string KindText(const Agency& agency) {
  return EnumText(AgencyKind_Name(agency.kind()), kKindPrefix);
}
std::string KindText(tracker::v1::TrackingNumberKind kind) {
  return EnumText(TrackingNumberKind_Name(kind), kNumberPrefix);
}

absl::Status Wrong(const std::string& field, const std::string& value, const std::string& why) {
  return MakeError(Reason::REASON_INVALID_FIELD, absl::StrCat(field, ": ", why),
                   {{"field", field}, {"value", value}});
}

// "state-body" of AgencyKind, and so on; INVALID_FIELD with the words that there are.
absl::StatusOr<int> ParseEnum(const google::protobuf::EnumDescriptor& type, const char* prefix,
                              const std::string& field, const std::string& text) {
  const std::string name = absl::StrCat(
      prefix, absl::StrReplaceAll(absl::AsciiStrToUpper(text), {{"-", "_"}, {" ", "_"}}));
  const auto* value = type.FindValueByName(name);
  if (value != nullptr && value->number() != 0) return value->number();
  std::vector<std::string> words;
  for (int i = 1; i < type.value_count(); ++i) {
    words.push_back(absl::StrReplaceAll(EnumText(type.value(i)->name(), prefix), {{" ", "-"}}));
  }
  return Wrong(field, text,
               absl::StrCat("'", text, "' is none of ", absl::StrJoin(words, ", "),
                            DidYouMean(text, words)));
}

// "a=x,b=y, z" with the keys a and b: {a: "x", b: "y, z"}. A comma that no key follows belongs to
// the value, since addresses and patterns have commas.
absl::StatusOr<std::map<std::string, std::string>> ParsePairs(
    const std::string& field, const std::string& text, const std::vector<std::string>& keys) {
  std::map<std::string, std::string> pairs;
  std::string* last = nullptr;
  for (const std::string& part : std::vector<std::string>(absl::StrSplit(text, ','))) {
    const size_t equals = part.find('=');
    const std::string key(absl::StripAsciiWhitespace(
        absl::string_view(part).substr(0, std::min(equals, part.size()))));
    if (equals != std::string::npos && std::find(keys.begin(), keys.end(), key) != keys.end()) {
      if (pairs.count(key) > 0) return Wrong(field, text, absl::StrCat("'", key, "' stands twice"));
      last = &pairs[key];
      *last = part.substr(equals + 1);
    } else if (last != nullptr) {
      absl::StrAppend(last, ",", part);
    } else {
      return Wrong(field, text,
                   absl::StrCat("'", text, "' is not a list of KEY=VALUE with the keys ",
                                absl::StrJoin(keys, ", ")));
    }
  }
  return pairs;
}

absl::StatusOr<Contact> ParseContact(const Session& session, const std::string& text) {
  const std::string field = "--contact";
  FOIA_ASSIGN_OR_RETURN(
      auto pairs,
      ParsePairs(field, text, {"purpose", "channel", "address", "source", "date", "from", "to"}));
  Contact contact;
  FOIA_ASSIGN_OR_RETURN(const int purpose, ParseEnum(*tracker::v1::ContactPurpose_descriptor(),
                                                     kPurposePrefix, field, pairs["purpose"]));
  contact.set_purpose(static_cast<tracker::v1::ContactPurpose>(purpose));
  FOIA_ASSIGN_OR_RETURN(const int channel, ParseEnum(*tracker::v1::ContactChannel_descriptor(),
                                                     kChannelPrefix, field, pairs["channel"]));
  contact.set_channel(static_cast<tracker::v1::ContactChannel>(channel));
  contact.set_address(absl::StrReplaceAll(pairs["address"], {{"\\n", "\n"}}));
  contact.set_source(pairs["source"]);
  const auto set_date = [&](const std::string& key, common::v1::Date* date) {
    const absl::StatusOr<CivilDate> day =
        session.ReadDate(pairs[key], absl::StrCat(field, " ", key));
    if (day.ok()) *date = DateToProto(*day);
    return day.status();
  };
  if (!pairs["date"].empty()) {
    FOIA_RETURN_IF_ERROR(set_date("date", contact.mutable_source_date()));
  }
  if (!pairs["from"].empty()) {
    FOIA_RETURN_IF_ERROR(set_date("from", contact.mutable_valid_from()));
  }
  if (!pairs["to"].empty()) FOIA_RETURN_IF_ERROR(set_date("to", contact.mutable_valid_to()));
  return contact;
}

absl::StatusOr<TrackingNumberPattern> ParsePattern(const std::string& text) {
  const std::string field = "--pattern";
  FOIA_ASSIGN_OR_RETURN(auto pairs, ParsePairs(field, text, {"kind", "pattern", "example"}));
  TrackingNumberPattern pattern;
  FOIA_ASSIGN_OR_RETURN(const int kind, ParseEnum(*tracker::v1::TrackingNumberKind_descriptor(),
                                                  kNumberPrefix, field, pairs["kind"]));
  pattern.set_kind(static_cast<tracker::v1::TrackingNumberKind>(kind));
  pattern.set_pattern(pairs["pattern"]);
  pattern.set_example(pairs["example"]);
  return pattern;
}

// What create and update have in common.
struct Record {
  Agency agency;
  std::string kind;
  std::vector<std::string> contacts;
  std::vector<std::string> patterns;
  std::vector<std::string> aliases;
  FieldOptions fields;

  void Define(CLI::App& verb) {
    fields = {
        {verb.add_option("--name", *agency.mutable_display_name(), "In full"), "display_name"},
        {verb.add_option("--parent", *agency.mutable_parent(), "The agency above it"), "parent"},
        {verb.add_option("--kind", kind,
                         "department, independent, component, office, state-body or local-body"),
         "kind"},
        {verb.add_option("--jurisdiction", *agency.mutable_jurisdiction(),
                         "Which rules apply [the parent's; us-federal at the top]"),
         "jurisdiction"},
        {verb.add_option("--appeal-office", *agency.mutable_appeal_office(),
                         "The agency that decides on appeals [the parent's, or itself]"),
         "appeal_office"},
        {verb.add_option("--source", *agency.mutable_source(),
                         "Where the name and the place in the tree come from"),
         "source"},
        {verb.add_option("--notes", *agency.mutable_notes(), "For people"), "notes"},
        {Repeated(verb, "--alias", aliases, "Another name that people use"), "aliases"},
        {Repeated(verb, "--contact", contacts,
                  "purpose=request|appeal|fee|liaison|litigation,channel=email|"
                  "mail|fax|portal|phone,address=...,source=...,date=DATE"
                  "[,from=DATE][,to=DATE]; \\n breaks a line of the address"),
         "contacts"},
        {Repeated(verb, "--pattern", patterns,
                  "kind=initial|component|appeal|referral|litigation|portal,"
                  "pattern=RE2,example=NUMBER: how its tracking numbers look"),
         "tracking_number_patterns"}};
  }
  static CLI::Option* Repeated(CLI::App& verb, const std::string& name,
                               std::vector<std::string>& values, const std::string& about) {
    return verb.add_option(name, values, absl::StrCat(about, "; may be repeated"))
        ->take_all()
        ->allow_extra_args(false);
  }

  // Puts what the options say into `agency`. Contacts, patterns and aliases are added to those that
  // `before` has; a contact takes the place of one with the same purpose and channel.
  absl::Status Read(const Session& session, const Agency& before) {
    if (!kind.empty()) {
      FOIA_ASSIGN_OR_RETURN(const int value, ParseEnum(*tracker::v1::AgencyKind_descriptor(),
                                                       kKindPrefix, "--kind", kind));
      agency.set_kind(static_cast<tracker::v1::AgencyKind>(value));
    }
    *agency.mutable_aliases() = before.aliases();
    for (const std::string& alias : aliases) agency.add_aliases(alias);
    *agency.mutable_tracking_number_patterns() = before.tracking_number_patterns();
    for (const std::string& text : patterns) {
      FOIA_ASSIGN_OR_RETURN(*agency.add_tracking_number_patterns(), ParsePattern(text));
    }
    std::vector<Contact> added;
    for (const std::string& text : contacts) {
      FOIA_ASSIGN_OR_RETURN(Contact contact, ParseContact(session, text));
      added.push_back(std::move(contact));
    }
    for (const Contact& old : before.contacts()) {
      const bool is_replaced = std::any_of(added.begin(), added.end(), [&](const Contact& each) {
        return each.purpose() == old.purpose() && each.channel() == old.channel();
      });
      if (!is_replaced) *agency.add_contacts() = old;
    }
    for (const Contact& contact : added) *agency.add_contacts() = contact;
    return absl::OkStatus();
  }
};

std::string NumbersText(const Agency& agency) {
  std::vector<std::string> lines;
  for (const TrackingNumberPattern& pattern : agency.tracking_number_patterns()) {
    lines.push_back(
        absl::StrCat(KindText(pattern.kind()), " ",
                     pattern.example().empty() ? pattern.pattern() : pattern.example()));
  }
  return absl::StrJoin(lines, ", ");
}

void PrintAgency(const Session& session, const Agency& agency, const std::string& appeal_office) {
  if (session.out.json) return session.out.PrintJson(agency);
  session.out.Print(RenderFields(
      {{"agency", agency.path()},
       {"name", agency.display_name()},
       {"also", absl::StrJoin(agency.aliases(), "; ")},
       {"kind", KindText(agency)},
       {"jurisdiction", agency.jurisdiction()},
       {"appeals to", appeal_office},
       {"numbers", NumbersText(agency)},
       {"notes", agency.notes()},
       {"source", agency.source()},
       {"record", agency.shipped()
                      ? "comes with foiad"
                      : absl::StrCat("your own, changed ", TimeText(agency.update_time()))},
       {"id", IdOf(agency.name())}}));
  if (agency.contacts().empty()) return;
  Table table({"FOR", "BY", {"ADDRESS", Keep::kText}, "SAID ON", {"SOURCE", Keep::kBelow}});
  for (const Contact& contact : agency.contacts()) {
    table.Add({EnumText(ContactPurpose_Name(contact.purpose()), kPurposePrefix),
               EnumText(ContactChannel_Name(contact.channel()), kChannelPrefix),
               absl::StrReplaceAll(contact.address(), {{"\n", ", "}}),
               DateText(contact.source_date()), contact.source()});
  }
  session.out.Print("\n");
  session.out.Print(table);
}

// With the path of the office that decides on appeals.
absl::Status FindAndPrint(Session& session, const Agency& agency) {
  std::string office = agency.path();
  if (agency.appeal_office() != agency.name() && !session.out.json) {
    FOIA_ASSIGN_OR_RETURN(const Agency found, session.FindAgency(agency.appeal_office()));
    office = found.path();
  }
  PrintAgency(session, agency, office);
  return absl::OkStatus();
}

struct CreateAgency {
  static constexpr char kAbout[] = "Adds an agency";
  static constexpr char kExamples[] =
      "foia agency create CPD --name 'Chicago Police Department' --kind local-body "
      "--jurisdiction us-il\n"
      "foia agency create SRT --name 'Special Response Teams' --parent DHS/ICE/ERO\n";
  Record record;
  tracker::v1::CreateAgencyRequest request;

  void Define(CLI::App& verb) {
    verb.add_option("ABBREVIATION", *record.agency.mutable_abbreviation(), "For example ICE")
        ->required();
    record.Define(verb);
    verb.get_option("--name")->required();
    verb.add_option("--request-id", *request.mutable_request_id(),
                    "Repeating the command with it adds nothing twice");
  }
  absl::Status Run(Session& session) {
    FOIA_RETURN_IF_ERROR(record.Read(session, Agency()));
    *request.mutable_agency() = record.agency;
    FOIA_ASSIGN_OR_RETURN(const Agency made,
                          session.Call(&AgencyService::Stub::CreateAgency, request));
    return FindAndPrint(session, made);
  }
};

struct ListAgencies {
  static constexpr char kAbout[] = "The tree of agencies";
  static constexpr char kExamples[] =
      "foia agency list\n"
      "foia agency list --under DHS\n"
      "foia agency list --text 'inspector general'\n";
  static constexpr bool kPaged = true;
  tracker::v1::ListAgenciesRequest request;
  int limit = 0;

  void Define(CLI::App& verb) {
    verb.add_option("--under", *request.mutable_under(), "Only this agency and what is below it");
    verb.add_option("--text", *request.mutable_text(),
                    "Only those with this in name, abbreviation or alias; with their whole path");
    verb.add_option("--limit", limit, "At most so many [all]");
  }
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::ListAgenciesResponse list,
                          session.List(&AgencyService::Stub::ListAgencies, request, limit));
    if (session.out.json) {
      session.out.PrintJson(list);
      return absl::OkStatus();
    }
    Table table({{"AGENCY", Keep::kText},
                 {"NAME", Keep::kText},
                 {"KIND", Keep::kBelow},
                 {"JURISDICTION", Keep::kBelow},
                 "ID"});
    size_t top = 0;
    for (const Agency& agency : list.agencies()) {
      const std::vector<std::string> path = absl::StrSplit(agency.path(), " > ");
      if (table.empty()) top = path.size();
      // A tree where all parents are there; whole paths in a selection.
      const bool is_tree = request.text().empty() && path.size() >= top && !session.out.tsv;
      table.Add(
          {is_tree ? absl::StrCat(std::string(2 * (path.size() - top), ' '), agency.abbreviation())
                   : agency.path(),
           agency.display_name(), KindText(agency), agency.jurisdiction(), IdOf(agency.name())});
    }
    if (table.empty()) {
      session.out.Say("no such agency; 'foia agency create' adds one");
    } else {
      session.out.Print(table);
    }
    return absl::OkStatus();
  }
};

struct ShowAgency {
  static constexpr char kAbout[] = "One agency: contacts, numbers, who decides on appeals";
  static constexpr char kExamples[] =
      "foia agency show ERO\nfoia agency show DHS/ICE/ERO\n"
      "foia agency show 'Secret Service'\n";
  static constexpr bool kPaged = true;
  std::string agency;

  void Define(CLI::App& verb) { verb.add_option("AGENCY", agency, kAgencyHelp)->required(); }
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const Agency found, session.FindAgency(agency));
    FOIA_RETURN_IF_ERROR(FindAndPrint(session, found));
    if (found.contacts().empty()) {
      session.out.Say("no contacts; 'foia agency update' adds one, with its source and date");
    }
    return absl::OkStatus();
  }
};

struct UpdateAgency {
  static constexpr char kAbout[] = "Changes an agency; one that comes with foiad becomes your own";
  static constexpr char kExamples[] =
      "foia agency update CBP --contact 'purpose=request,channel=email,address=foia@cbp.example,"
      "source=acknowledgement letter,date=2026-11-02'\n"
      "foia agency update CBP --no-contacts\n"
      "foia agency update TSA --pattern 'kind=initial,pattern=20[0-9]{2}-TSFO-[0-9]{5},"
      "example=2024-TSFO-00123'\n";
  std::string agency;
  Record record;
  bool no_contacts = false;
  bool no_patterns = false;
  bool no_aliases = false;

  void Define(CLI::App& verb) {
    verb.add_option("AGENCY", agency, kAgencyHelp)->required();
    record.Define(verb);
    record.fields.insert(record.fields.begin() + 1,
                         {verb.add_option("--abbreviation", *record.agency.mutable_abbreviation(),
                                          "For example ICE"),
                          "abbreviation"});
    for (const auto& [name, flag, about, field] :
         {std::make_tuple("--no-contacts", &no_contacts, "contacts", "contacts"),
          std::make_tuple("--no-patterns", &no_patterns, "patterns", "tracking_number_patterns"),
          std::make_tuple("--no-aliases", &no_aliases, "aliases", "aliases")}) {
      record.fields.emplace_back(
          verb.add_flag(name, *flag, absl::StrCat("Drops the ", about, " it had")), field);
    }
  }
  absl::Status Run(Session& session) {
    tracker::v1::UpdateAgencyRequest request;
    FOIA_RETURN_IF_ERROR(SetMask(record.fields, *request.mutable_update_mask()));
    FOIA_ASSIGN_OR_RETURN(const Agency found, session.FindAgency(agency));
    Agency before = found;
    if (no_contacts) before.clear_contacts();
    if (no_patterns) before.clear_tracking_number_patterns();
    if (no_aliases) before.clear_aliases();
    FOIA_RETURN_IF_ERROR(record.Read(session, before));
    record.agency.set_name(found.name());
    record.agency.set_etag(found.etag());
    *request.mutable_agency() = record.agency;
    FOIA_ASSIGN_OR_RETURN(const Agency updated,
                          session.Call(&AgencyService::Stub::UpdateAgency, request));
    return FindAndPrint(session, updated);
  }
};

struct RecogniseNumber {
  static constexpr char kAbout[] = "Who issued a tracking number, and what it stands for";
  static constexpr char kExamples[] =
      "foia agency recognise 2020-ICAP-00440\n"
      "foia agency recognise '2020 ICFO 21220' --agency DHS\n";
  tracker::v1::RecogniseNumberRequest request;

  void Define(CLI::App& verb) {
    verb.add_option("NUMBER", *request.mutable_number(), "As printed")->required();
    verb.add_option("--agency", *request.mutable_agency(),
                    "Only its numbers, and those of agencies above and below it");
  }
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::RecogniseNumberResponse found,
                          session.Call(&AgencyService::Stub::RecogniseNumber, request));
    if (session.out.json) {
      session.out.PrintJson(found);
      return absl::OkStatus();
    }
    session.out.Print(RenderFields({{"number", request.number()},
                                    {"kind", KindText(found.kind())},
                                    {"issuer", found.issuer().path()}}));
    return absl::OkStatus();
  }
};

}  // namespace

void AddAgencyVerbs(App& app) {
  CLI::App& noun = app.AddNoun(app.root(), "agency", "Departments, components and offices");
  app.AddVerb<CreateAgency>(noun, "create");
  app.AddVerb<ListAgencies>(noun, "list");
  app.AddVerb<ShowAgency>(noun, "show");
  app.AddVerb<UpdateAgency>(noun, "update");
  app.AddVerb<RecogniseNumber>(noun, "recognise");
}

}  // namespace foia::cli
