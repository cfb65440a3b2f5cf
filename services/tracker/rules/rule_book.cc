#include "services/tracker/rules/rule_book.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/text_format.h"
#include "services/base/crypto.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/base/suggest.h"

namespace foia::tracker {
namespace {

using google::protobuf::TextFormat;

// Where something stands.
struct Place {
  std::string file;
  int line = 0;  // from 1; 0: unknown
};

absl::Status Invalid(const Place& place, std::string_view reason) {
  return MakeError(
      Reason::REASON_INVALID_RULES, absl::StrCat(place.file, ":", place.line, ": ", ToAbsl(reason)),
      {{"file", place.file}, {"line", absl::StrCat(place.line)}, {"why", std::string(reason)}});
}

// Keeps the first error of the parser.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int /*column*/, const std::string& message) override {
    if (message_.empty()) {
      line_ = line + 1;
      message_ = message;
    }
  }
  int line() const { return line_; }
  const std::string& message() const { return message_; }

 private:
  int line_ = 0;
  std::string message_;
};

struct LocatedCalendar {
  v1::Calendar rules;
  Place place;
};

// A jurisdiction, and where each part of it was written.
struct LocatedJurisdiction {
  v1::Jurisdiction rules;
  std::map<std::string, Place> places;  // by part: "", "receipt", "tolls[0]", "deadlines[3]"
};

struct Source {
  std::map<std::string, LocatedCalendar> calendars;
  std::map<std::string, LocatedJurisdiction> jurisdictions;
};

std::string Part(const char* field, int index) { return absl::StrCat(field, "[", index, "]"); }

absl::Status ParseFile(const std::string& name, const std::string& text, Source* source) {
  v1::RulesFile file;
  TextFormat::ParseInfoTree lines;
  FirstError error;
  TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  parser.WriteLocationsTo(&lines);
  google::protobuf::io::ArrayInputStream input(text.data(), static_cast<int>(text.size()));
  if (!parser.Parse(&input, &file)) return Invalid({name, error.line()}, error.message());

  const auto place_in = [&](const TextFormat::ParseInfoTree& tree,
                            const google::protobuf::Descriptor* type, const char* field,
                            int index) {
    return Place{name, tree.GetLocation(type->FindFieldByName(field), index).line + 1};
  };
  for (int i = 0; i < file.calendars_size(); ++i) {
    const Place place = place_in(lines, v1::RulesFile::descriptor(), "calendars", i);
    const std::string& id = file.calendars(i).id();
    if (id.empty()) return Invalid(place, "the calendar has no id");
    const auto [it, is_new] =
        source->calendars.emplace(id, LocatedCalendar{file.calendars(i), place});
    if (!is_new) {
      return Invalid(place, absl::StrCat("calendar '", id, "' stands already in ",
                                         it->second.place.file, ":", it->second.place.line));
    }
  }
  const auto* type = v1::Jurisdiction::descriptor();
  for (int i = 0; i < file.jurisdictions_size(); ++i) {
    LocatedJurisdiction located{file.jurisdictions(i), {}};
    const Place place = place_in(lines, v1::RulesFile::descriptor(), "jurisdictions", i);
    const TextFormat::ParseInfoTree& tree =
        *lines.GetTreeForNested(v1::RulesFile::descriptor()->FindFieldByName("jurisdictions"), i);
    located.places[""] = place;
    located.places["receipt"] =
        located.rules.has_receipt() ? place_in(tree, type, "receipt", -1) : place;
    located.places["last_day"] =
        located.rules.has_last_day() ? place_in(tree, type, "last_day", -1) : place;
    for (int j = 0; j < located.rules.tolls_size(); ++j) {
      located.places[Part("tolls", j)] = place_in(tree, type, "tolls", j);
    }
    for (int j = 0; j < located.rules.deadlines_size(); ++j) {
      located.places[Part("deadlines", j)] = place_in(tree, type, "deadlines", j);
    }
    for (int j = 0; j < located.rules.amendments_size(); ++j) {
      located.places[Part("amendments", j)] = place_in(tree, type, "amendments", j);
    }
    const std::string& id = located.rules.id();
    if (id.empty()) return Invalid(place, "the jurisdiction has no id");
    const auto [it, is_new] = source->jurisdictions.emplace(id, std::move(located));
    if (!is_new) {
      const Place& other = it->second.places[""];
      return Invalid(place, absl::StrCat("jurisdiction '", id, "' stands already in ", other.file,
                                         ":", other.line));
    }
  }
  return absl::OkStatus();
}

// Puts `own` over `base`: elements with the key of an own one go, the own ones come last; where the
// base had the key, its place is kept.
template <typename Element, typename KeyOf>
void MergeById(const LocatedJurisdiction& own_from,
               const google::protobuf::RepeatedPtrField<Element>& own, const char* field,
               KeyOf key_of, LocatedJurisdiction* merged,
               google::protobuf::RepeatedPtrField<Element>* target) {
  std::vector<std::pair<Element, Place>> elements;
  for (int i = 0; i < target->size(); ++i) {
    elements.emplace_back(target->Get(i), merged->places.at(Part(field, i)));
  }
  std::map<std::string, size_t> next;  // where the next own element of a key goes
  for (int i = 0; i < own.size(); ++i) {
    const std::string& key = key_of(own.Get(i));
    std::pair<Element, Place> element(own.Get(i), own_from.places.at(Part(field, i)));
    if (next.count(key) == 0) {
      const auto has_key = [&](const auto& each) { return key_of(each.first) == key; };
      const auto first = std::find_if(elements.begin(), elements.end(), has_key);
      next[key] = static_cast<size_t>(first - elements.begin());
      elements.erase(std::remove_if(first, elements.end(), has_key), elements.end());
    }
    const size_t at = next[key];
    elements.insert(elements.begin() + static_cast<ptrdiff_t>(at), std::move(element));
    for (auto& [other, index] : next) {
      if (index >= at) ++index;
    }
  }
  target->Clear();
  for (size_t i = 0; i < elements.size(); ++i) {
    *target->Add() = std::move(elements[i].first);
    merged->places[Part(field, static_cast<int>(i))] = std::move(elements[i].second);
  }
}

// Lays the amendments of `own` over the inherited deadlines in `merged`.
absl::Status Amend(const LocatedJurisdiction& own, LocatedJurisdiction* merged) {
  for (int i = 0; i < own.rules.amendments_size(); ++i) {
    v1::DeadlineRule change = own.rules.amendments(i);
    const Place& place = own.places.at(Part("amendments", i));
    const std::string id = change.id();
    const std::string variant = change.variant();
    change.clear_id();
    change.clear_variant();
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    change.GetReflection()->ListFields(change, &fields);
    bool is_found = false;
    for (int j = 0; j < merged->rules.deadlines_size(); ++j) {
      v1::DeadlineRule* rule = merged->rules.mutable_deadlines(j);
      if (rule->id() != id || (!variant.empty() && rule->variant() != variant)) continue;
      is_found = true;
      // Parts are replaced whole: a list is not added to, an extension not mixed with the old one.
      for (const auto* field : fields) rule->GetReflection()->ClearField(rule, field);
      rule->MergeFrom(change);
      merged->places[Part("deadlines", j)] = place;
    }
    if (!is_found) {
      return Invalid(place, absl::StrCat("amendments: no deadline '", id,
                                         variant.empty() ? "" : ":", variant, "' is inherited"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<LocatedJurisdiction> Resolve(const Source& source, const std::string& id,
                                            std::set<std::string>* on_the_way) {
  const LocatedJurisdiction& own = source.jurisdictions.at(id);
  if (own.rules.extends().empty()) {
    LocatedJurisdiction none;
    FOIA_RETURN_IF_ERROR(Amend(own, &none));
    return own;
  }
  const Place& place = own.places.at("");
  if (!on_the_way->insert(id).second) return Invalid(place, "extends leads back to itself");
  if (source.jurisdictions.count(own.rules.extends()) == 0) {
    return Invalid(place, absl::StrCat("extends '", own.rules.extends(), "', which is not there"));
  }
  FOIA_ASSIGN_OR_RETURN(LocatedJurisdiction merged,
                        Resolve(source, own.rules.extends(), on_the_way));
  v1::Jurisdiction plain = own.rules;
  plain.clear_tolls();
  plain.clear_deadlines();
  plain.clear_amendments();
  FOIA_RETURN_IF_ERROR(Amend(own, &merged));
  merged.places[""] = place;
  merged.rules.set_abstract(false);
  if (own.rules.has_receipt()) {
    if (own.rules.receipt().letter_events().empty()) {
      *plain.mutable_receipt()->mutable_letter_events() = merged.rules.receipt().letter_events();
    }
    merged.rules.clear_receipt();
    merged.places["receipt"] = own.places.at("receipt");
  }
  if (own.rules.has_answers()) merged.rules.clear_answers();
  if (own.rules.has_last_day()) {
    merged.rules.clear_last_day();
    merged.places["last_day"] = own.places.at("last_day");
  }
  if (!own.rules.event_order().empty()) merged.rules.clear_event_order();
  if (!own.rules.compared_calendar_ids().empty()) merged.rules.clear_compared_calendar_ids();
  merged.rules.MergeFrom(plain);
  MergeById(
      own, own.rules.tolls(), "tolls",
      [](const v1::TollRule& toll) -> const std::string& { return toll.id(); }, &merged,
      merged.rules.mutable_tolls());
  MergeById(
      own, own.rules.deadlines(), "deadlines",
      [](const v1::DeadlineRule& rule) -> const std::string& { return rule.id(); }, &merged,
      merged.rules.mutable_deadlines());
  return merged;
}

absl::StatusOr<v1::Calendar> Resolve(const std::map<std::string, LocatedCalendar>& calendars,
                                     const std::string& id, std::set<std::string>* on_the_way) {
  const LocatedCalendar& own = calendars.at(id);
  if (own.rules.extends().empty()) return own.rules;
  if (!on_the_way->insert(id).second) return Invalid(own.place, "extends leads back to itself");
  if (calendars.count(own.rules.extends()) == 0) {
    return Invalid(own.place,
                   absl::StrCat("extends '", own.rules.extends(), "', which is not there"));
  }
  FOIA_ASSIGN_OR_RETURN(v1::Calendar merged, Resolve(calendars, own.rules.extends(), on_the_way));
  auto* rules = merged.mutable_rules();
  for (const v1::HolidayRule& rule : own.rules.rules()) {
    rules->erase(std::remove_if(rules->begin(), rules->end(),
                                [&](const auto& each) { return each.name() == rule.name(); }),
                 rules->end());
  }
  if (!own.rules.weekend().empty()) merged.clear_weekend();
  merged.MergeFrom(own.rules);
  return merged;
}

// The calendar `id` with every day left out that may be none: those that it counts although some
// call them holidays, and those of the calendar `late`.
absl::StatusOr<Calendar> BuildLate(const std::map<std::string, LocatedCalendar>& calendars,
                                   const std::string& id, const std::string& late) {
  std::set<std::string> on_the_way;
  FOIA_ASSIGN_OR_RETURN(v1::Calendar rules, Resolve(calendars, id, &on_the_way));
  for (v1::HolidayRule& rule : *rules.mutable_rules()) rule.set_working_day(false);
  rules.clear_drop_dates();
  on_the_way.clear();
  FOIA_ASSIGN_OR_RETURN(const v1::Calendar more, Resolve(calendars, late, &on_the_way));
  for (v1::HolidayRule rule : more.rules()) {
    if (rule.observe() == v1::OBSERVANCE_UNSPECIFIED) rule.set_observe(more.observe());
    *rules.add_rules() = std::move(rule);
  }
  rules.mutable_add_dates()->MergeFrom(more.add_dates());
  return Calendar::Build(rules);
}

template <typename Value>
std::vector<std::string> Keys(const std::map<std::string, Value, std::less<>>& map) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : map) keys.push_back(key);
  return keys;
}

}  // namespace

absl::StatusOr<RuleBook> RuleBook::Parse(const Files& files) {
  Source source;
  Sha256Stream digest;
  for (const auto& [name, text] : files) {
    FOIA_RETURN_IF_ERROR(ParseFile(name, text, &source));
    digest.Update(absl::StrCat(name.size(), " ", name, " ", text.size(), " "));
    digest.Update(text);
  }
  RuleBook book;
  book.digest_ = HexEncode(digest.Digest());
  for (const auto& [id, located] : source.calendars) {
    std::set<std::string> on_the_way;
    FOIA_ASSIGN_OR_RETURN(const v1::Calendar rules, Resolve(source.calendars, id, &on_the_way));
    absl::StatusOr<Calendar> calendar = Calendar::Build(rules);
    if (!calendar.ok()) return Invalid(located.place, ToStd(calendar.status().message()));
    book.calendars_.emplace(id, std::make_shared<const Calendar>(*std::move(calendar)));
  }
  for (const auto& [id, located] : source.jurisdictions) {
    std::set<std::string> on_the_way;
    FOIA_ASSIGN_OR_RETURN(LocatedJurisdiction merged, Resolve(source, id, &on_the_way));
    if (const std::vector<Rules::Problem> problems = Rules::Validate(merged.rules);
        !problems.empty()) {
      return Invalid(merged.places.at(problems[0].part), problems[0].message);
    }
    const Place& place = merged.places.at("");
    for (const std::string& calendar : merged.rules.compared_calendar_ids()) {
      if (book.calendars_.count(calendar) == 0) {
        return Invalid(place, absl::StrCat("there is no calendar '", calendar, "'"));
      }
    }
    for (const std::string& calendar :
         {merged.rules.calendar_id(), merged.rules.safe_calendar_id(),
          merged.rules.late_calendar_id().empty() ? merged.rules.calendar_id()
                                                  : merged.rules.late_calendar_id()}) {
      if (book.calendars_.count(calendar) == 0) {
        return Invalid(place, absl::StrCat("there is no calendar '", calendar, "'"));
      }
    }
    if (merged.rules.abstract()) continue;
    Rules::Calendars calendars{book.calendars_.at(merged.rules.calendar_id()),
                               book.calendars_.at(merged.rules.safe_calendar_id()),
                               {}};
    for (const std::string& calendar : merged.rules.compared_calendar_ids()) {
      calendars.compared.push_back(book.calendars_.at(calendar));
    }
    if (const std::string& late = merged.rules.late_calendar_id(); !late.empty()) {
      FOIA_ASSIGN_OR_RETURN(Calendar calendar,
                            BuildLate(source.calendars, merged.rules.calendar_id(), late));
      calendars.late = std::make_shared<const Calendar>(std::move(calendar));
    }
    if (const std::string& calendar = merged.rules.last_day().calendar_id(); !calendar.empty()) {
      if (book.calendars_.count(calendar) == 0) {
        return Invalid(merged.places.at("last_day"),
                       absl::StrCat("there is no calendar '", calendar, "'"));
      }
      calendars.last_day = book.calendars_.at(calendar);
    }
    FOIA_ASSIGN_OR_RETURN(
        Rules rules, Rules::Compile(std::move(merged.rules), std::move(calendars), book.digest_));
    book.rules_.emplace(id, std::move(rules));
  }
  return book;
}

absl::StatusOr<const Rules*> RuleBook::FindRules(std::string_view jurisdiction) const {
  const auto found = rules_.find(jurisdiction);
  if (found == rules_.end()) {
    // "IL", "Illinois" and "dhs" are how people write us-il and us-federal-dhs.
    std::vector<Candidate> known;
    for (const auto& [id, rules] : rules_) known.push_back({id, rules.jurisdiction().title()});
    return MakeError(Reason::REASON_NOT_FOUND,
                     absl::StrCat("there are no rules for '", ToAbsl(jurisdiction), "'",
                                  DidYouMean(std::string(jurisdiction), known)),
                     {{"jurisdiction", std::string(jurisdiction)}});
  }
  return &found->second;
}

absl::StatusOr<const Calendar*> RuleBook::FindCalendar(std::string_view id) const {
  const auto found = calendars_.find(id);
  if (found == calendars_.end()) {
    return MakeError(Reason::REASON_NOT_FOUND,
                     absl::StrCat("there is no calendar '", ToAbsl(id), "'",
                                  DidYouMean(std::string(id), Keys(calendars_))),
                     {{"calendar", std::string(id)}});
  }
  return found->second.get();
}

absl::StatusOr<RuleBook> LoadRules(const std::string& directory) {
  RuleBook::Files files = EmbeddedRules();
  if (directory.empty()) return RuleBook::Parse(files);
  const auto unreadable = [](const std::string& path, const std::string& why) {
    return MakeError(Reason::REASON_UNREADABLE_FILE, absl::StrCat(path, ": ", why),
                     {{"path", path}});
  };
  std::error_code error;
  std::filesystem::directory_iterator entries(directory, error);
  if (error) return unreadable(directory, error.message());
  for (; entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    const std::filesystem::path& path = entries->path();
    if (path.extension() != ".textproto") continue;
    std::ifstream in(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), {});
    if (!in) return unreadable(path.string(), "cannot be read");
    files[path.filename().string()] = std::move(text);
  }
  if (error) return unreadable(directory, error.message());
  return RuleBook::Parse(files);
}

}  // namespace foia::tracker
