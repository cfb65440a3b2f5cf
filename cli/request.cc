#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "cli/app.h"
#include "cli/edits.h"
#include "cli/event_input.h"
#include "cli/fields.h"
#include "cli/filter.h"
#include "cli/regions.h"
#include "cli/request_each.h"
#include "cli/tables.h"
#include "foia/tracker/v1/request_service.grpc.pb.h"
#include "services/base/civil_date.h"
#include "services/base/error.h"
#include "services/base/money.h"

namespace foia::cli {
namespace {

using tracker::v1::Request;
using tracker::v1::RequestService;

constexpr char kRequestHelp[] = "Id, the beginning of it, or a tracking number";
constexpr char kOwnerHelp[] =
    "Who looks after it, a person who may see it: id, the beginning of it, name, or me";
constexpr char kNumberPrefix[] = "TRACKING_NUMBER_KIND_";
constexpr char kLinkPrefix[] = "LINK_KIND_";
constexpr char kFeePrefix[] = "FEE_CATEGORY_";

std::string StateText(const Request& request) {
  return EnumText(RequestState_Name(request.state()), "REQUEST_STATE_");
}

std::string NumbersText(const Request& request) {
  return absl::StrJoin(
      request.numbers(), ", ", [](std::string* out, const tracker::v1::TrackingNumber& number) {
        absl::StrAppend(out, number.value());
        std::vector<std::string> remarks;
        if (number.kind() != tracker::v1::TRACKING_NUMBER_KIND_INITIAL) {
          remarks.push_back(EnumText(TrackingNumberKind_Name(number.kind()), kNumberPrefix));
        }
        if (number.issuer().find("agencies/") != 0) remarks.push_back(number.issuer());
        if (number.retired()) remarks.push_back("no longer in use");
        if (!remarks.empty()) absl::StrAppend(out, " (", absl::StrJoin(remarks, ", "), ")");
      });
}

std::string LinksText(const Request& request) {
  return absl::StrJoin(
      request.links(), ", ", [](std::string* out, const tracker::v1::RequestLink& link) {
        const std::string kind = EnumText(LinkKind_Name(link.kind()), kLinkPrefix);
        absl::StrAppend(out, link.reverse() ? IdOf(link.request()) + " is " + kind + " this"
                                            : kind + " " + IdOf(link.request()));
      });
}

std::string DollarsText(int64_t cents) {
  return cents == 0 ? "" : absl::StrFormat("%d.%02d USD", cents / 100, cents % 100);
}

std::string PeriodText(const std::string& from, const std::string& to) {
  if (from.empty() && to.empty()) return "";
  return absl::StrCat(from.empty() ? "until " : absl::StrCat("from ", from, to.empty() ? "" : " "),
                      from.empty() || to.empty() ? "" : "to ", to);
}

void PrintRequest(const Session& session, const Request& request) {
  if (session.out.json) return session.out.PrintJson(request);
  const std::string from = DateText(request.records_from());
  const std::string to = DateText(request.records_to());
  session.out.Print(RenderFields(
      {{"request", IdOf(request.name())},
       {"agency", request.agency_path()},
       {"subject", request.subject()},
       {"state", StateText(request)},
       {"tracking", NumbersText(request)},
       {"matter", IdOf(request.matter())},
       {"parties", PartiesText(request.parties())},
       {"records", request.records_sought()},
       {"records of", PeriodText(from, to)},
       {"category", request.fee_category() == tracker::v1::FEE_CATEGORY_UNSPECIFIED
                        ? ""
                        : EnumText(FeeCategory_Name(request.fee_category()), kFeePrefix)},
       {"fee limit", DollarsText(request.fee_limit_cents())},
       {"waiver", request.waiver_text().empty() ? "" : "asked for"},
       {"expedite", request.expedite_text().empty() ? "" : "asked for"},
       {"format", request.format_wanted()},
       {"links", LinksText(request)},
       {"tags", absl::StrJoin(request.tags(), ", ")},
       {"notes", request.notes()},
       {"rules", request.jurisdiction()},
       {"owner", OwnerText(request.owner(), request.owner_warning())},
       {"label", IdOf(request.label())},
       {"created", TimeText(request.create_time())}}));
}

// "VALUE" or "VALUE,kind=appeal,issuer=DHS/ICE"; a comma in the issuer is kept.
absl::StatusOr<tracker::v1::TrackingNumber> ParseNumber(const std::string& text) {
  tracker::v1::TrackingNumber number;
  const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits(",issuer=", 1));
  if (parts.size() == 2) number.set_issuer(parts[1]);
  const std::vector<std::string> words = absl::StrSplit(parts[0], absl::MaxSplits(",kind=", 1));
  number.set_value(words[0]);
  if (words.size() == 2) {
    FOIA_ASSIGN_OR_RETURN(const int kind,
                          ParseEnumWord(tracker::v1::TrackingNumberKind_descriptor(), kNumberPrefix,
                                        words[1], "--number"));
    number.set_kind(static_cast<tracker::v1::TrackingNumberKind>(kind));
  }
  return number;
}

// What `create` and `update` share.
struct RequestOptions {
  Request request;

  FieldOptions Define(CLI::App& verb) {
    const auto many = [&verb](const char* name, std::vector<std::string>& values,
                              const char* help) {
      return verb.add_option(name, values, help)->allow_extra_args(false);
    };
    return {
        {verb.add_option("--text-file", text_file_, "The text that is sent"), "text"},
        {verb.add_option("--records", *request.mutable_records_sought(), "What is asked for"),
         "records_sought"},
        {verb.add_option("--records-from", records_from_,
                         "First day of the records ('foia help dates')"),
         "records_from"},
        {verb.add_option("--records-to", records_to_, "Last day of the records"), "records_to"},
        {verb.add_option("--fee-category", fee_category_,
                         "commercial, educational, news_media or other"),
         "fee_category"},
        {verb.add_option("--fee-limit", fee_limit_, "What you agreed to pay, in US dollars"),
         "fee_limit_cents"},
        {verb.add_option("--waiver-file", waiver_file_, "Why the fee should be waived, as sent"),
         "waiver_text"},
        {verb.add_option("--expedite-file", expedite_file_, "Why to expedite, as sent"),
         "expedite_text"},
        {verb.add_option("--format", *request.mutable_format_wanted(), "The format you asked for"),
         "format_wanted"},
        {verb.add_option("--matter", *request.mutable_matter(), "Its matter: id or client code"),
         "matter"},
        {many("--party", parties_,
              "ROLE:NAME (requester, co_requester, counsel, researcher, observer); may be "
              "repeated"),
         "parties"},
        {many("--link", links_,
              "KIND:REQUEST (referral_of, consultation_of, consolidated_with, duplicate_of, "
              "related_to); may be repeated"),
         "links"},
        {many("--tag", tags_, "A word for finding it again; may be repeated"), "tags"},
        {verb.add_option("--notes", *request.mutable_notes(), "For people"), "notes"},
        {verb.add_option("--owner", *request.mutable_owner(), kOwnerHelp), "owner"}};
  }

  absl::Status Read(Session& session) {
    if (!text_file_.empty()) {
      FOIA_ASSIGN_OR_RETURN(*request.mutable_text(), ReadText(text_file_));
    }
    if (!waiver_file_.empty()) {
      FOIA_ASSIGN_OR_RETURN(*request.mutable_waiver_text(), ReadText(waiver_file_));
    }
    if (!expedite_file_.empty()) {
      FOIA_ASSIGN_OR_RETURN(*request.mutable_expedite_text(), ReadText(expedite_file_));
    }
    if (!records_from_.empty()) {
      FOIA_ASSIGN_OR_RETURN(const CivilDate day, session.ReadDate(records_from_, "--records-from"));
      *request.mutable_records_from() = DateToProto(day);
    }
    if (!records_to_.empty()) {
      FOIA_ASSIGN_OR_RETURN(const CivilDate day, session.ReadDate(records_to_, "--records-to"));
      *request.mutable_records_to() = DateToProto(day);
    }
    if (!fee_category_.empty()) {
      FOIA_ASSIGN_OR_RETURN(const int category,
                            ParseEnumWord(tracker::v1::FeeCategory_descriptor(), kFeePrefix,
                                          fee_category_, "--fee-category"));
      request.set_fee_category(static_cast<tracker::v1::FeeCategory>(category));
    }
    if (!fee_limit_.empty()) {
      FOIA_ASSIGN_OR_RETURN(const int64_t cents, ParseMoney(fee_limit_, "--fee-limit"));
      request.set_fee_limit_cents(cents);
    }
    for (const std::string& text : parties_) {
      FOIA_ASSIGN_OR_RETURN(*request.add_parties(), ParseParty(text));
    }
    for (const std::string& text : links_) {
      const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits(':', 1));
      if (parts.size() != 2) {
        return MakeError(Reason::REASON_INVALID_FIELD,
                         absl::StrCat("--link: '", text, "' is not KIND:REQUEST"));
      }
      FOIA_ASSIGN_OR_RETURN(const int kind, ParseEnumWord(tracker::v1::LinkKind_descriptor(),
                                                          kLinkPrefix, parts[0], "--link"));
      FOIA_ASSIGN_OR_RETURN(const Request other, session.FindRequest(parts[1]));
      tracker::v1::RequestLink& link = *request.add_links();
      link.set_kind(static_cast<tracker::v1::LinkKind>(kind));
      link.set_request(other.name());
    }
    request.mutable_tags()->Assign(tags_.begin(), tags_.end());
    return absl::OkStatus();
  }

 private:
  std::string text_file_, waiver_file_, expedite_file_;
  std::string records_from_, records_to_, fee_category_, fee_limit_;
  std::vector<std::string> parties_, links_, tags_;
};

struct CreateRequest {
  static constexpr char kAbout[] = "Opens a request at an agency";
  static constexpr char kExamples[] =
      "foia request create --agency ERO --subject 'ERO Citizen Academy'\n"
      "foia request create --agency DHS/ICE --subject Training --text-file letter.txt \\\n"
      "    --matter IDP-7 --party 'requester:Immigrant Defense Project' --fee-limit 25\n"
      "foia request create --to offices.csv --subject Training --text-file letter.txt \\\n"
      "    --matter IDP-7 --dry-run\n";
  std::string agency;
  std::vector<std::string> tracking;
  std::vector<std::string> numbers;
  RequestOptions options;
  tracker::v1::CreateRequestRequest call;
  std::string to;
  bool shared = false;
  bool again = false;
  bool dry_run = false;

  void Define(CLI::App& verb) {
    CLI::Option* const at = verb.add_option("--agency", agency, "Id, abbreviation or path");
    CLI::Option* const many =
        verb.add_option("--to", to,
                        "Instead of --agency, a request for each row of a CSV file ('-': stdin) "
                        "with the columns agency and, where rows differ, tracking, owner, tags (; "
                        "between them), subject, records, matter, notes; with jurisdiction and "
                        "name an agency that is not there yet is added")
            ->excludes(at);
    verb.add_flag("--dry-run", dry_run, "With --to: only say what would be opened")->needs(many);
    verb.add_flag("--again", again, "The agency was asked for the same before; ask again");
    verb.add_option("--subject", *options.request.mutable_subject(), "What it is about");
    verb.add_option("--tracking", tracking, "The agency's number for it; may be repeated")
        ->allow_extra_args(false);
    verb.add_option("--number", numbers,
                    "A number with its kind and issuer: VALUE,kind=appeal,issuer=DHS/ICE; may be "
                    "repeated")
        ->allow_extra_args(false);
    verb.add_flag("--shared", shared, "Another request has one of its numbers too");
    options.Define(verb);
    verb.add_option("--label", *options.request.mutable_label(),
                    "Who may see it: a label [your own]");
    verb.add_option("--request-id", *call.mutable_request_id(),
                    "Repeating the command with it opens nothing twice");
    for (const char* of_one : {"--tracking", "--number", "--request-id"}) {
      many->excludes(verb.get_option(of_one));
    }
  }
  absl::Status Run(Session& session) {
    if (agency.empty() && to.empty()) {
      return MakeError(Reason::REASON_INVALID_FIELD,
                       "--agency is required, or --to with a file of agencies");
    }
    if (to.empty() && options.request.subject().empty()) {
      return MakeError(Reason::REASON_INVALID_FIELD, "--subject is required");
    }
    FOIA_RETURN_IF_ERROR(options.Read(session));
    Request& request = options.request;
    call.set_again(again);
    if (!to.empty()) {
      call.set_shared_numbers(shared);
      *call.mutable_request() = request;
      return CreateEach(session, to, dry_run, call);
    }
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::Agency at, session.FindAgency(agency));
    request.set_agency(at.name());
    request.mutable_tracking_numbers()->Assign(tracking.begin(), tracking.end());
    for (const std::string& text : numbers) {
      FOIA_ASSIGN_OR_RETURN(*request.add_numbers(), ParseNumber(text));
    }
    call.set_shared_numbers(shared);
    *call.mutable_request() = request;
    FOIA_ASSIGN_OR_RETURN(const Request made,
                          session.Call(&RequestService::Stub::CreateRequest, call));
    PrintRequest(session, made);
    return absl::OkStatus();
  }
};

struct CopyRequest {
  static constexpr char kAbout[] = "Opens the same request at other agencies";
  static constexpr char kExamples[] =
      "foia request copy r01jd3v8 --agency ERO/Chicago\n"
      "foia request copy r01jd3v8 --agency CBP --agency USCIS --matter IDP-7\n";
  std::string request;
  std::vector<std::string> agencies;
  std::string subject;
  std::string matter;
  bool again = false;

  void Define(CLI::App& verb) {
    verb.add_option("REQUEST", request, kRequestHelp)->required();
    verb.add_option("--agency", agencies, "Id, abbreviation or path; may be repeated")
        ->required()
        ->allow_extra_args(false);
    verb.add_option("--subject", subject, "What it is about [the same]");
    verb.add_option("--matter", matter, "Its matter: id or client code [the same]");
    verb.add_flag("--again", again, "The agency was asked for the same before; ask again");
  }
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const Request found, session.FindRequest(request));
    tracker::v1::CreateRequestRequest call;
    call.set_again(again);
    Request& copy = *call.mutable_request();
    copy = WhatIsAsked(found);
    if (!subject.empty()) copy.set_subject(subject);
    if (!matter.empty()) copy.set_matter(matter);
    BulkReport report({"REQUEST", "AGENCY"}, "opened");
    for (const std::string& agency : agencies) CreateAt(session, agency, call, report);
    return report.Finish(session);
  }
};

struct ListRequests {
  static constexpr char kAbout[] = "Requests, oldest first";
  static constexpr char kExamples[] =
      "foia request list\n"
      "foia request list --matter IDP-7 --state overdue\n"
      "foia request list --not-state closed --order number --limit 50 --offset 100\n";
  static constexpr bool kPaged = true;
  FilterOptions filter;
  std::string order = "created";
  int limit = 0;
  int offset = 0;
  bool voided = false;

  void Define(CLI::App& verb) {
    filter.Define(verb);
    verb.add_flag("--voided", voided, "Also those that were voided");
    verb.add_option("--order", order,
                    "created, state, number, subject, agency, matter, owner or jurisdiction")
        ->check(CLI::IsMember(
            {"created", "state", "number", "subject", "agency", "matter", "owner", "jurisdiction"}))
        ->capture_default_str();
    verb.add_option("--limit", limit, "At most so many [all]")->check(CLI::NonNegativeNumber);
    verb.add_option("--offset", offset, "Pass over so many first")->check(CLI::NonNegativeNumber);
  }
  absl::Status Run(Session& session) const {
    tracker::v1::ListRequestsRequest call;
    FOIA_ASSIGN_OR_RETURN(*call.mutable_filter(), filter.Resolve(session));
    call.set_order(OrderOf(order));
    call.set_skip(offset);
    call.set_show_voided(voided);
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::ListRequestsResponse list,
                          session.List(&RequestService::Stub::ListRequests, call, limit));
    if (session.out.json) {
      session.out.PrintJson(list);
      return absl::OkStatus();
    }
    std::vector<std::string> names;
    for (const Request& request : list.requests()) names.push_back(request.name());
    const Table table = RequestsTable(list, session.out.Ids(names));
    if (table.empty()) {
      session.out.Say(filter.Words().empty() ? "no requests yet; 'foia request create' opens one"
                                             : absl::StrCat("no requests with ", filter.Words()));
    } else {
      session.out.Print(table);
    }
    return absl::OkStatus();
  }
};

struct ShowRequest {
  static constexpr char kAbout[] = "One request, where it stands, and what contradicts";
  static constexpr char kExamples[] =
      "foia request show r01jd3v8\nfoia request show 2020-ICLI-00042\n";
  static constexpr bool kPaged = true;
  std::string request;

  void Define(CLI::App& verb) { verb.add_option("REQUEST", request, kRequestHelp)->required(); }
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const Request found, session.FindRequest(request));
    PrintRequest(session, found);
    if (!session.out.json) session.out.Print("\n" + RenderFields(RegionFields(found)));
    return absl::OkStatus();
  }
};

struct UpdateRequest {
  static constexpr char kAbout[] = "Changes what a request says of itself";
  static constexpr char kExamples[] =
      "foia request update r01jd3v8 --number 2020-ICAP-00440,kind=appeal\n"
      "foia request update r01jd3v8 --matter IDP-7 --tag academy --untag draft\n"
      "foia request update r01jd3v8 --party 'counsel:Center for Constitutional Rights' --dry-run\n"
      "foia request update r01jd3v8 --clear tags --tag academy      these instead of all others\n";
  std::string request;
  std::vector<std::string> numbers, numbers_added;
  std::vector<std::string> retired;
  std::vector<std::string> dropped;
  std::vector<std::string> untagged, unparties, unlinked, cleared;
  std::string etag;
  bool dry_run = false;
  RequestOptions options;
  FieldOptions fields;
  bool shared = false;

  void Define(CLI::App& verb) {
    verb.add_option("REQUEST", request, kRequestHelp)->required();
    fields = options.Define(verb);
    fields.emplace_back(
        verb.add_option("--subject", *options.request.mutable_subject(), "What it is about"),
        "subject");
    const auto number = [&](const char* name, std::vector<std::string>& values, const char* help) {
      fields.emplace_back(verb.add_option(name, values, help)->allow_extra_args(false), "numbers");
    };
    number("--number", numbers,
           "Adds a number, or changes one: VALUE,kind=appeal,issuer=DHS/ICE; may be repeated");
    number("--tracking", numbers_added, "The same, of the agency; may be repeated");
    number("--retire-number", retired,
           "The number is no longer in use, but still finds the request; may be repeated");
    number("--drop-number", dropped, "The number was a mistake; may be repeated");
    const auto many = [&](const char* name, std::vector<std::string>& values, const char* help,
                          const char* path) {
      fields.emplace_back(verb.add_option(name, values, help)->allow_extra_args(false), path);
    };
    many("--untag", untagged, "Takes a tag out; may be repeated", "tags");
    many("--unparty", unparties, "Takes a party out: NAME or ROLE:NAME; may be repeated",
         "parties");
    many("--unlink", unlinked, "Takes a link out: REQUEST or KIND:REQUEST; may be repeated",
         "links");
    verb.add_option("--clear", cleared,
                    "Empties a field: notes, matter, records, tags, ...; with --tag, --party or "
                    "--link those take the place of all others; may be repeated")
        ->allow_extra_args(false);
    verb.add_flag("--shared", shared, "Another request has one of its numbers too");
    verb.add_option("--etag", etag, "Refuse when the request changed since [since now]");
    verb.add_flag("--dry-run", dry_run, "Only say what would change");
  }
  absl::Status Run(Session& session) {
    static const auto& clearable =
        *new std::map<std::string, std::string>{{"text", "text"},
                                                {"records", "records_sought"},
                                                {"records-from", "records_from"},
                                                {"records-to", "records_to"},
                                                {"fee-category", "fee_category"},
                                                {"fee-limit", "fee_limit_cents"},
                                                {"waiver", "waiver_text"},
                                                {"expedite", "expedite_text"},
                                                {"format", "format_wanted"},
                                                {"matter", "matter"},
                                                {"parties", "parties"},
                                                {"links", "links"},
                                                {"tags", "tags"},
                                                {"notes", "notes"},
                                                {"owner", "owner"}};
    FOIA_RETURN_IF_ERROR(options.Read(session));
    tracker::v1::UpdateRequestRequest call;
    FOIA_RETURN_IF_ERROR(ClearFields(cleared, clearable, *call.mutable_update_mask()));
    FOIA_RETURN_IF_ERROR(SetMask(fields, *call.mutable_update_mask()));
    FOIA_ASSIGN_OR_RETURN(const Request found, session.FindRequest(request));
    FOIA_RETURN_IF_ERROR(ChangeNumbers(found));
    FOIA_RETURN_IF_ERROR(ChangeLists(session, found));
    options.request.set_name(found.name());
    options.request.set_etag(etag.empty() ? found.etag() : etag);
    call.set_shared_numbers(shared);
    call.set_validate_only(dry_run);
    *call.mutable_request() = options.request;
    FOIA_ASSIGN_OR_RETURN(const Request updated,
                          session.Call(&RequestService::Stub::UpdateRequest, call));
    PrintRequest(session, updated);
    SayChanges(session, updated.has_edit() ? &updated.edit() : nullptr, dry_run);
    return absl::OkStatus();
  }

  bool IsCleared(const char* word) const {
    return std::find(cleared.begin(), cleared.end(), word) != cleared.end();
  }

  // Puts the lists as they are to be into the request: those it has, with what was named added and
  // taken out.
  absl::Status ChangeLists(Session& session, const Request& found) {
    Request& asked = options.request;
    const std::vector<std::string> tags(asked.tags().begin(), asked.tags().end());
    *asked.mutable_tags() = found.tags();
    if (IsCleared("tags")) asked.clear_tags();
    FOIA_RETURN_IF_ERROR(ChangeTags(tags, untagged, *asked.mutable_tags()));
    const Parties parties = asked.parties();
    *asked.mutable_parties() = found.parties();
    if (IsCleared("parties")) asked.clear_parties();
    FOIA_RETURN_IF_ERROR(ChangeParties(parties, unparties, *asked.mutable_parties()));

    auto& links = *asked.mutable_links();
    const google::protobuf::RepeatedPtrField<tracker::v1::RequestLink> given = links;
    links = found.links();
    if (IsCleared("links")) links.Clear();
    for (const std::string& text : unlinked) {
      const size_t colon = text.find(':');
      int kind = 0;
      if (colon != std::string::npos) {
        FOIA_ASSIGN_OR_RETURN(kind, ParseEnumWord(tracker::v1::LinkKind_descriptor(), kLinkPrefix,
                                                  text.substr(0, colon), "--unlink"));
      }
      FOIA_ASSIGN_OR_RETURN(
          const Request other,
          session.FindRequest(colon == std::string::npos ? text : text.substr(colon + 1)));
      bool is_there = false;
      bool is_reverse = false;
      for (int i = links.size() - 1; i >= 0; --i) {
        if (links[i].request() != other.name() || (kind != 0 && links[i].kind() != kind)) continue;
        (links[i].reverse() ? is_reverse : is_there) = true;
        if (!links[i].reverse()) links.DeleteSubrange(i, 1);
      }
      if (is_there) continue;
      return MakeError(Reason::REASON_INVALID_FIELD,
                       absl::StrCat("--unlink: ",
                                    is_reverse ? "the link stands in the other "
                                                 "request: update that one, "
                                               : "it has no such link: ",
                                    text),
                       {{"link", text}});
    }
    for (const tracker::v1::RequestLink& link : given) {
      if (std::none_of(links.begin(), links.end(), [&](const tracker::v1::RequestLink& known) {
            return !known.reverse() && known.kind() == link.kind() &&
                   known.request() == link.request();
          })) {
        *links.Add() = link;
      }
    }
    return absl::OkStatus();
  }

  absl::Status ChangeNumbers(const Request& found) {
    auto& list = *options.request.mutable_numbers();
    list = found.numbers();
    const auto at = [&list](const std::string& value) {
      return std::find_if(list.begin(), list.end(), [&](const tracker::v1::TrackingNumber& known) {
        return known.value() == value;
      });
    };
    numbers.insert(numbers.end(), numbers_added.begin(), numbers_added.end());
    for (const std::string& text : numbers) {
      FOIA_ASSIGN_OR_RETURN(const tracker::v1::TrackingNumber number, ParseNumber(text));
      const auto known = at(number.value());
      (known == list.end() ? *list.Add() : *known) = number;
    }
    for (const std::vector<std::string>* values : {&retired, &dropped}) {
      for (const std::string& value : *values) {
        const auto known = at(value);
        if (known == list.end()) {
          return MakeError(Reason::REASON_INVALID_FIELD,
                           absl::StrCat("'", value, "' is not a number of this request"),
                           {{"value", value}});
        }
        if (values == &retired) {
          known->set_retired(true);
        } else {
          list.erase(known);
        }
      }
    }
    return absl::OkStatus();
  }
};

// Two calls; with --request-id both may be repeated.
struct ReferRequest {
  static constexpr char kAbout[] =
      "Opens the linked request at the agency to which records were referred";
  static constexpr char kExamples[] =
      "foia request refer r01jd3v8 --to DOJ/FBI --on 2021-02-03 \\\n"
      "    --source 'determination letter of 2021-02-03'\n"
      "foia request refer r01jd3v8 --to DOS --on 2021-02-03 --consultation\n";
  std::string request;
  std::string to;
  std::string on;
  std::string source;
  std::string request_id;
  bool consultation = false;

  void Define(CLI::App& verb) {
    verb.add_option("REQUEST", request, kRequestHelp)->required();
    verb.add_option("--to", to, "The other agency: id, abbreviation or path")->required();
    verb.add_option("--on", on, "The day of the referral ('foia help dates')")->required();
    verb.add_option("--source", source, "Where you know it from");
    verb.add_flag("--consultation", consultation,
                  "The other agency is only consulted; the first one answers");
    verb.add_option("--request-id", request_id, "Repeating the command with it does nothing twice");
  }
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const CivilDate day, session.ReadDate(on, "--on"));
    FOIA_ASSIGN_OR_RETURN(const Request parent, session.FindRequest(request));
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::Agency at, session.FindAgency(to));
    tracker::v1::CreateRequestRequest create;
    Request& child = *create.mutable_request();
    child.set_agency(at.name());
    child.set_subject(parent.subject());
    child.set_records_sought(parent.records_sought());
    child.set_label(parent.label());
    child.set_matter(parent.matter());
    if (parent.owner_warning().empty()) child.set_owner(parent.owner());
    *child.mutable_parties() = parent.parties();
    tracker::v1::RequestLink& link = *child.add_links();
    link.set_kind(consultation ? tracker::v1::LINK_KIND_CONSULTATION_OF
                               : tracker::v1::LINK_KIND_REFERRAL_OF);
    link.set_request(parent.name());
    create.set_again(true);  // the other agency may have been asked by ourselves
    // The event first: a referral that contradicts what is recorded opens nothing.
    tracker::v1::CreateEventRequest record;
    record.set_parent(parent.name());
    record.mutable_event()->set_type(consultation ? tracker::v1::EVENT_TYPE_CONSULTATION_STARTED
                                                  : tracker::v1::EVENT_TYPE_REFERRED);
    *record.mutable_event()->mutable_effective_on() = DateToProto(day);
    (*record.mutable_event()->mutable_attributes())["to"] = at.path();
    record.mutable_event()->set_source(source);
    record.set_request_id(request_id);
    FOIA_RETURN_IF_ERROR(session.Call(&RequestService::Stub::CreateEvent, record).status());
    create.set_request_id(request_id);
    FOIA_ASSIGN_OR_RETURN(const Request made,
                          session.Call(&RequestService::Stub::CreateRequest, create));
    PrintRequest(session, made);
    return absl::OkStatus();
  }
};

struct RequestHistory {
  static constexpr char kAbout[] =
      "What was done to a request, in the order it was done: edits with old and new values, and "
      "events as they were recorded (--json: the edits; 'foia event list --json' has the events)";
  static constexpr char kExamples[] = "foia request history r01jd3v8\n";
  static constexpr bool kPaged = true;
  std::string request;

  void Define(CLI::App& verb) { verb.add_option("REQUEST", request, kRequestHelp)->required(); }
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const Request found, session.FindRequest(request));
    tracker::v1::ListRequestEditsRequest call;
    call.set_parent(found.name());
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::ListRequestEditsResponse edits,
                          session.List(&RequestService::Stub::ListRequestEdits, call));
    if (session.out.json) {
      session.out.PrintJson(edits);
      return absl::OkStatus();
    }
    tracker::v1::ListEventsRequest of_events;
    of_events.set_parent(found.name());
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::ListEventsResponse events,
                          session.List(&RequestService::Stub::ListEvents, of_events));
    const std::map<std::string, std::string> people = PeopleNames(session);
    std::vector<HistoryRow> rows = {{found.create_time(), "", "opened", found.name()}};
    for (HistoryRow& row : RowsOf(edits.edits(), people)) rows.push_back(std::move(row));
    for (const tracker::v1::Event& event : events.events()) {
      rows.push_back({event.record_time(), event.actor(),
                      absl::StrCat("recorded ", EventText(event),
                                   event.superseded_by().empty()
                                       ? ""
                                       : " (replaced by " + IdOf(event.superseded_by()) + ")"),
                      event.name()});
    }
    PrintHistory(session, std::move(rows), people);
    return absl::OkStatus();
  }
};

struct UndoRequestEdit {
  static constexpr char kAbout[] =
      "Takes back an edit of a request, once you have seen what it is; refused when one of its "
      "fields was changed again since";
  static constexpr char kExamples[] =
      "foia request undo r01jd3v8                 shows what it would take back, and asks\n"
      "foia request undo r01jd3v8 c01jd3v9        only that edit, without asking\n"
      "foia request undo r01jd3v8 --yes           the last one, without asking\n";
  std::string request;
  tracker::v1::UndoRequestEditRequest call;
  bool yes = false;

  void Define(CLI::App& verb) {
    verb.add_option("REQUEST", request, kRequestHelp)->required();
    verb.add_option("EDIT", *call.mutable_edit(),
                    "Id of the edit, or the beginning of it [the last that stands]; 'foia request "
                    "history' lists them");
    verb.add_flag("--yes", yes, "Do not ask");
    verb.add_option("--etag", *call.mutable_etag(), "Refuse when the request changed since");
  }
  absl::Status Run(Session& session) {
    FOIA_ASSIGN_OR_RETURN(const Request found, session.FindRequest(request));
    call.set_parent(found.name());
    if (call.edit().empty()) {
      tracker::v1::UndoRequestEditRequest question = call;
      question.set_validate_only(true);
      FOIA_ASSIGN_OR_RETURN(const Request would,
                            session.Call(&RequestService::Stub::UndoRequestEdit, question));
      call.set_edit(would.edit().undoes());
      if (!yes) {
        tracker::v1::ListRequestEditsRequest list;
        list.set_parent(found.name());
        FOIA_ASSIGN_OR_RETURN(const tracker::v1::ListRequestEditsResponse edits,
                              session.List(&RequestService::Stub::ListRequestEdits, list));
        FOIA_ASSIGN_OR_RETURN(const bool agreed,
                              AgreeToUndo(session, edits.edits(), would.edit(),
                                          absl::StrCat("foia request undo ", IdOf(found.name()))));
        if (!agreed) {
          session.out.Say("nothing was taken back");
          return absl::OkStatus();
        }
      }
    }
    FOIA_ASSIGN_OR_RETURN(const Request undone,
                          session.Call(&RequestService::Stub::UndoRequestEdit, call));
    PrintRequest(session, undone);
    SayChanges(session, undone.has_edit() ? &undone.edit() : nullptr, /*dry_run=*/false);
    return absl::OkStatus();
  }
};

struct VoidRequest {
  static constexpr char kAbout[] =
      "Marks a request that was opened by mistake: it is kept, but nothing is due any more";
  static constexpr char kExamples[] =
      "foia request void r01jd3v8 --reason 'opened twice, see r01jd3v7'\n"
      "foia request void r01jd3v8 --undo\n"
      "foia request list --state voided\n";
  std::string request;
  std::string reason;
  bool undo = false;

  void Define(CLI::App& verb) {
    verb.description(absl::StrCat(
        kAbout,
        "\n\n"
        "It leaves the docket, boards and lists; 'foia request list --voided' shows it, and its\n"
        "id and numbers still find it. Another request may have its numbers, and the same may\n"
        "be filed at the same agency. Its log is kept, and takes only remarks until the mark\n"
        "is taken back."));
    verb.add_option("REQUEST", request, kRequestHelp)->required();
    CLI::Option* const why = verb.add_option("--reason", reason, "Why it was a mistake");
    verb.add_flag("--undo", undo, "Takes the mark back")->excludes(why);
  }
  absl::Status Run(Session& session) const {
    if (reason.empty() && !undo) {
      return MakeError(Reason::REASON_INVALID_FIELD, "--reason is required");
    }
    FOIA_ASSIGN_OR_RETURN(const Request found, session.FindRequest(request));
    tracker::v1::CreateEventRequest call;
    call.set_parent(found.name());
    call.set_accept_conflict(true);  // whatever was recorded
    tracker::v1::Event& event = *call.mutable_event();
    if (undo) {
      FOIA_ASSIGN_OR_RETURN(const tracker::v1::Event voided, FindVoided(session, found));
      event.set_type(tracker::v1::EVENT_TYPE_CORRECTION);
      *event.mutable_effective_on() = voided.effective_on();
      event.set_supersedes(voided.name());
      event.set_source("undo");
      call.set_allow_future(true);
    } else {
      event.set_type(tracker::v1::EVENT_TYPE_VOIDED);
      (*event.mutable_attributes())["reason"] = reason;
    }
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::CreateEventResponse made,
                          session.Call(&RequestService::Stub::CreateEvent, call));
    if (session.out.json) {
      session.out.PrintJson(made);
    } else {
      session.out.Print(absl::StrCat(undo ? "no longer voided: " : "voided ", IdOf(found.name()),
                                     ", ", Printable(found.subject()), "; the request is ",
                                     StateText(made.request()), "\n"));
    }
    return absl::OkStatus();
  }

  // The event that voids it.
  static absl::StatusOr<tracker::v1::Event> FindVoided(Session& session, const Request& found) {
    tracker::v1::ListEventsRequest list;
    list.set_parent(found.name());
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::ListEventsResponse events,
                          session.List(&RequestService::Stub::ListEvents, list));
    for (const tracker::v1::Event& event : events.events()) {
      if (event.type() == tracker::v1::EVENT_TYPE_VOIDED && event.superseded_by().empty()) {
        return event;
      }
    }
    return MakeError(Reason::REASON_NOTHING_TO_UNDO,
                     absl::StrCat("'", found.name(), "' is not voided"),
                     {{"request", found.name()}});
  }
};

struct VerifyEvents {
  static constexpr char kAbout[] = "Follows the hash chain of a request's events";
  static constexpr char kExamples[] = "foia request verify r01jd3v8\n";
  std::string request;

  void Define(CLI::App& verb) { verb.add_option("REQUEST", request, kRequestHelp)->required(); }
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const Request found, session.FindRequest(request));
    tracker::v1::VerifyEventsRequest call;
    call.set_name(found.name());
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::VerifyEventsResponse response,
                          session.Call(&RequestService::Stub::VerifyEvents, call));
    if (session.out.json) session.out.PrintJson(response);
    if (!response.broken_at().empty()) {
      return MakeError(Reason::REASON_DATA_CORRUPT,
                       absl::StrCat("the chain is broken at ", response.broken_at()),
                       {{"event", response.broken_at()}});
    }
    if (!session.out.json) {
      session.out.Print(CountText(response.events(), "event") + ", the chain is whole\n");
    }
    return absl::OkStatus();
  }
};

}  // namespace

void AddRequestVerbs(App& app) {
  CLI::App& noun = app.AddNoun(app.root(), "request", "Filings and what happened to them");
  app.AddVerb<CreateRequest>(noun, "create");
  app.AddVerb<CopyRequest>(noun, "copy");
  app.AddVerb<ListRequests>(noun, "list");
  app.AddVerb<ShowRequest>(noun, "show");
  app.AddVerb<UpdateRequest>(noun, "update");
  app.AddVerb<RequestHistory>(noun, "history");
  app.AddVerb<UndoRequestEdit>(noun, "undo");
  app.AddVerb<ReferRequest>(noun, "refer");
  app.AddVerb<VoidRequest>(noun, "void");
  app.AddVerb<VerifyEvents>(noun, "verify");
}

}  // namespace foia::cli
