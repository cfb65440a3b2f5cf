#include "services/tracker/rules/vectors.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/base/suggest.h"
#include "services/tracker/deadlines/event_type.h"

namespace foia::tracker {
namespace {

struct Record {
  int line = 0;
  std::vector<std::string> fields;
};

// RFC 4180: quoted fields may hold commas, doubled quotes and line breaks.
std::vector<Record> ParseCsv(std::string_view text) {
  std::vector<Record> records;
  Record record{1, {""}};
  int line = 1;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    std::string& field = record.fields.back();
    if (c == '\n') ++line;
    if (quoted) {
      if (c != '"') {
        field += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        field += text[++i];
      } else {
        quoted = false;
      }
    } else if (c == '"' && field.empty()) {
      quoted = true;
    } else if (c == ',') {
      record.fields.emplace_back();
    } else if (c == '\n') {
      records.push_back(std::exchange(record, Record{line, {""}}));
    } else if (c != '\r') {
      field += c;
    }
  }
  if (record.fields != std::vector<std::string>{""}) records.push_back(record);
  return records;
}

// "17:30".
bool IsHour(const std::string& text) {
  absl::CivilSecond ignored;
  return text.size() == 5 &&
         absl::ParseCivilTime(absl::StrCat("2000-01-01T", text, ":00"), &ignored);
}

// "2019-11-11(Veterans) 2019-11-28(Thanksgiving, observed)".
absl::StatusOr<std::vector<CivilDate>> ParseSkipped(std::string_view text) {
  std::vector<CivilDate> days;
  while (!text.empty()) {
    FOIA_ASSIGN_OR_RETURN(const CivilDate day,
                          ParseDate(text.substr(0, 10), "weekday_holidays_skipped"));
    days.push_back(day);
    const size_t end = text.find(')');
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    text = ToStd(absl::StripLeadingAsciiWhitespace(ToAbsl(text)));
  }
  return days;
}

std::vector<std::string> EventTypeNames() {
  std::vector<std::string> names;
  const auto* types = v1::EventType_descriptor();
  for (int i = 1; i < types->value_count(); ++i) {
    names.push_back(EventTypeName(static_cast<v1::EventType>(types->value(i)->number())));
  }
  return names;
}

}  // namespace

absl::StatusOr<std::vector<DeadlineEvent>> ParseEvents(std::string_view text,
                                                       const std::string& field) {
  std::vector<DeadlineEvent> events;
  for (const absl::string_view piece : absl::StrSplit(ToAbsl(text), ';', absl::SkipWhitespace())) {
    const std::vector<std::string> words =
        absl::StrSplit(piece, absl::ByAnyChar(" \t\r\n"), absl::SkipEmpty());
    DeadlineEvent event;
    event.id = absl::StrCat("e", events.size() + 1);
    if (words.size() < 2) {
      return InvalidFields({{field, absl::StrCat("'", piece, "' is not 'DATE EVENT'")}});
    }
    FOIA_ASSIGN_OR_RETURN(event.effective_on, ParseDate(words[0], field));
    event.type = ParseEventType(words[1]);
    if (event.type == v1::EVENT_TYPE_UNSPECIFIED) {
      return InvalidFields({{field, absl::StrCat("there is no event '", words[1], "'",
                                                 DidYouMean(words[1], EventTypeNames()))}});
    }
    for (size_t i = 2; i < words.size(); ++i) {
      const std::pair<std::string, std::string> attribute =
          absl::StrSplit(words[i], absl::MaxSplits('=', 1));
      if (attribute.first.empty() || words[i].find('=') == std::string::npos) {
        return InvalidFields({{field, absl::StrCat("'", words[i], "' is not 'name=value'")}});
      }
      if (attribute.first == "at") {
        event.local_time = attribute.second;
      } else if (attribute.first == "zone") {
        event.time_zone = attribute.second;
      } else {
        event.attributes.insert(attribute);
      }
    }
    absl::TimeZone zone;
    if (!event.local_time.empty() && !IsHour(event.local_time)) {
      return InvalidFields({{field, absl::StrCat("'at=", event.local_time, "' is not HH:MM")}});
    }
    if (!event.time_zone.empty() && !absl::LoadTimeZone(event.time_zone, &zone)) {
      return InvalidFields(
          {{field, absl::StrCat("there is no time zone '", event.time_zone, "'")}});
    }
    if (!event.time_zone.empty() && event.local_time.empty()) {
      return InvalidFields({{field, "'zone=' needs the hour: at=HH:MM"}});
    }
    events.push_back(std::move(event));
  }
  return events;
}

absl::StatusOr<std::vector<Vector>> ParseVectors(std::string_view csv) {
  const std::vector<Record> records = ParseCsv(csv);
  if (records.empty()) return InvalidFields({{"line 1", "the file is empty"}});
  std::map<std::string, size_t, std::less<>> columns;
  for (size_t i = 0; i < records[0].fields.size(); ++i) columns[records[0].fields[i]] = i;
  for (const char* name : {"id", "jurisdiction", "events", "deadline", "expected"}) {
    if (columns.count(name) == 0) {
      return InvalidFields({{"line 1", absl::StrCat("there is no column '", name, "'")}});
    }
  }
  std::vector<Vector> vectors;
  for (size_t row = 1; row < records.size(); ++row) {
    const Record& record = records[row];
    if (record.fields == std::vector<std::string>{""}) continue;
    Vector vector;
    vector.line = record.line;
    const auto field = [&](std::string_view name) -> std::string {
      const auto column = columns.find(name);
      const bool is_there = column != columns.end() && column->second < record.fields.size();
      return is_there ? record.fields[column->second] : "";
    };
    vector.id = field("id");
    vector.jurisdiction = field("jurisdiction");
    vector.calendar = field("calendar");
    vector.deadline = field("deadline");
    vector.expected = field("expected");
    vector.certainty = field("certainty");
    vector.reasoning = field("reasoning");
    absl::StatusOr<std::vector<DeadlineEvent>> events = ParseEvents(field("events"));
    absl::StatusOr<std::vector<CivilDate>> skipped =
        ParseSkipped(field("weekday_holidays_skipped"));
    if (record.fields.size() != records[0].fields.size()) {
      vector.problem = InvalidFields(
          {{"row", absl::StrCat(record.fields.size(), " fields, the header has ",
                                records[0].fields.size(), "; quote what has a comma in it")}});
    } else if (!events.ok()) {
      vector.problem = events.status();
    } else if (!skipped.ok()) {
      vector.problem = skipped.status();
    } else {
      vector.events = *std::move(events);
      vector.skipped = *std::move(skipped);
    }
    vectors.push_back(std::move(vector));
  }
  return vectors;
}

std::string OutcomeText(const v1::Deadline& deadline) {
  if (deadline.has_date()) {
    const common::v1::Date& date = deadline.date();
    return FormatDate(CivilDate(date.year(), date.month(), date.day()));
  }
  if (deadline.status() == v1::DEADLINE_STATUS_TOLLED) return "TOLLED";
  if (deadline.status() == v1::DEADLINE_STATUS_CANNOT_COMPUTE) return "CANNOT_COMPUTE";
  return "NONE";
}

absl::StatusOr<VectorResult> RunVector(const RuleBook& book, const Vector& vector) {
  FOIA_RETURN_IF_ERROR(vector.problem);
  FOIA_ASSIGN_OR_RETURN(const Rules* rules, book.FindRules(vector.jurisdiction));
  const Calendar* calendar = &rules->calendar();
  if (!vector.calendar.empty()) {
    FOIA_ASSIGN_OR_RETURN(calendar, book.FindCalendar(vector.calendar));
  }
  // Status plays no part in a vector: the day asked about is that of the last event.
  CivilDate as_of(Calendar::kFirstYear, 1, 1);
  for (const DeadlineEvent& event : vector.events) as_of = std::max(as_of, event.effective_on);
  FOIA_ASSIGN_OR_RETURN(const std::vector<v1::Explanation> explanations,
                        Explain(*rules, *calendar, vector.events, as_of, vector.deadline));
  const v1::Explanation& explanation = explanations.front();
  VectorResult result;
  result.actual = OutcomeText(explanation.deadline());
  result.certainty = v1::Certainty_Name(explanation.deadline().certainty()).substr(10, 1);
  for (const v1::SkippedDay& day : explanation.skipped()) {
    FOIA_ASSIGN_OR_RETURN(const CivilDate date, DateFromProto(day.date(), "skipped"));
    result.skipped.push_back(date);
  }
  result.explanation = explanation.text();
  return result;
}

}  // namespace foia::tracker
