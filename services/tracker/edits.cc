#include "services/tracker/edits.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "foia/common/v1/date.pb.h"
#include "foia/tracker/v1/party.pb.h"
#include "foia/tracker/v1/request.pb.h"
#include "foia/tracker/v1/tracking_number.pb.h"
#include "services/base/civil_date.h"
#include "services/base/error.h"
#include "services/base/strings.h"

namespace foia::tracker {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kMostShown = 60;  // bytes of a value in a sentence

// A value of a field, or an entry of a list.
struct Value {
  std::string bytes;  // equal for equal values
  std::string text;   // for people
};

std::string EnumWord(const google::protobuf::EnumValueDescriptor& value) {
  const std::string& zero = value.type()->FindValueByNumber(0)->name();
  const absl::string_view prefix = absl::StripSuffix(zero, "UNSPECIFIED");
  return value.number() == 0 ? "" : absl::AsciiStrToLower(absl::StripPrefix(value.name(), prefix));
}

std::string MessageText(const Message& message) {
  if (const auto* date = dynamic_cast<const common::v1::Date*>(&message)) {
    return absl::StrFormat("%04d-%02d-%02d", date->year(), date->month(), date->day());
  }
  if (const auto* party = dynamic_cast<const v1::Party*>(&message)) {
    return absl::StrCat(EnumWord(*v1::PartyRole_descriptor()->FindValueByNumber(party->role())),
                        ": ", party->display_name());
  }
  if (const auto* link = dynamic_cast<const v1::RequestLink*>(&message)) {
    return absl::StrCat(EnumWord(*v1::LinkKind_descriptor()->FindValueByNumber(link->kind())), " ",
                        link->request());
  }
  if (const auto* number = dynamic_cast<const v1::TrackingNumber*>(&message)) {
    std::vector<std::string> remarks;
    if (number->kind() > v1::TRACKING_NUMBER_KIND_INITIAL) {
      remarks.push_back(
          EnumWord(*v1::TrackingNumberKind_descriptor()->FindValueByNumber(number->kind())));
    }
    if (!number->issuer().empty()) remarks.push_back("of " + number->issuer());
    if (number->retired()) remarks.emplace_back("no longer in use");
    return absl::StrCat(number->value(),
                        remarks.empty() ? "" : " (" + absl::StrJoin(remarks, ", ") + ")");
  }
  return message.ShortDebugString();
}

// Nothing for a single field that is not set.
std::vector<Value> ValuesOf(const Message& message, const FieldDescriptor& field) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<Value> values;
  if (field.is_repeated()) {
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        const Message& entry = reflection.GetRepeatedMessage(message, &field, i);
        values.push_back({entry.SerializeAsString(), MessageText(entry)});
      } else {
        const std::string text = reflection.GetRepeatedString(message, &field, i);
        values.push_back({text, text});
      }
    }
    return values;
  }
  const bool is_flag = field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL;
  if (!is_flag && !reflection.HasField(message, &field)) return values;
  std::string text;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const Message& value = reflection.GetMessage(message, &field);
      values.push_back({value.SerializeAsString(), MessageText(value)});
      return values;
    }
    case FieldDescriptor::CPPTYPE_STRING:
      text = reflection.GetString(message, &field);
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      text = EnumWord(*reflection.GetEnum(message, &field));
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      text = reflection.GetBool(message, &field) ? "yes" : "no";
      break;
    case FieldDescriptor::CPPTYPE_INT64: {
      const int64_t number = reflection.GetInt64(message, &field);
      text = absl::EndsWith(field.name(), "_cents")
                 ? absl::StrFormat("%d.%02d USD", number / 100, number % 100)
                 : absl::StrCat(number);
      break;
    }
    default:
      return values;  // no record has others
  }
  values.push_back({text, text});
  return values;
}

bool Holds(const std::vector<Value>& values, const Value& wanted) {
  return std::any_of(values.begin(), values.end(),
                     [&](const Value& value) { return value.bytes == wanted.bytes; });
}

// Those of `values` that are not among `others`.
std::vector<Value> Without(const std::vector<Value>& values, const std::vector<Value>& others) {
  std::vector<Value> rest;
  std::copy_if(values.begin(), values.end(), std::back_inserter(rest),
               [&](const Value& value) { return !Holds(others, value); });
  return rest;
}

bool IsSame(const Message& a, const Message& b, const FieldDescriptor& field) {
  const std::vector<Value> left = ValuesOf(a, field), right = ValuesOf(b, field);
  return left.size() == right.size() && Without(left, right).empty() &&
         Without(right, left).empty();
}

void CopyField(const Message& from, const FieldDescriptor& field, Message& to) {
  to.GetReflection()->ClearField(&to, &field);
  std::unique_ptr<Message> only(from.New());
  only->CopyFrom(from);
  std::vector<const FieldDescriptor*> set;
  only->GetReflection()->ListFields(*only, &set);
  for (const FieldDescriptor* other : set) {
    if (other != &field) only->GetReflection()->ClearField(only.get(), other);
  }
  to.MergeFrom(*only);
}

// The list without `gone` and with `back`, each where it stood in `before`.
void EditList(const std::vector<Value>& gone, const std::vector<Value>& back,
              const std::vector<Value>& before, const FieldDescriptor& field, Message& record) {
  std::vector<Value> values = Without(ValuesOf(record, field), gone);
  for (const Value& value : back) {
    const auto old = std::find_if(before.begin(), before.end(),
                                  [&](const Value& other) { return other.bytes == value.bytes; });
    const auto at = std::min<size_t>(static_cast<size_t>(old - before.begin()), values.size());
    values.insert(values.begin() + static_cast<std::ptrdiff_t>(at), value);
  }
  const google::protobuf::Reflection& reflection = *record.GetReflection();
  reflection.ClearField(&record, &field);
  for (const Value& value : values) {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      reflection.AddMessage(&record, &field)->ParseFromString(value.bytes);
    } else {
      reflection.AddString(&record, &field, value.bytes);
    }
  }
}

std::string Shown(const std::string& text) {
  const std::string line = absl::StrReplaceAll(text, {{"\n", " "}, {"\r", ""}});
  if (line.empty()) return "(none)";
  if (line.size() <= kMostShown) return line;
  size_t end = kMostShown;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
  return absl::StrCat(line.substr(0, end), "... (", text.size(), " bytes)");
}

std::unique_ptr<Message> Parse(const Message& type, const std::string& bytes) {
  std::unique_ptr<Message> message(type.New());
  message->ParseFromString(bytes);
  return message;
}

}  // namespace

v1::Edit MakeEdit(const Message& before, const Message& after,
                  const std::vector<std::string>& fields) {
  v1::Edit edit;
  std::unique_ptr<Message> old_values(before.New());
  std::unique_ptr<Message> new_values(after.New());
  for (const std::string& name : fields) {
    const FieldDescriptor* field = before.GetDescriptor()->FindFieldByName(name);
    if (field == nullptr || IsSame(before, after, *field)) continue;
    edit.add_fields(name);
    CopyField(before, *field, *old_values);
    CopyField(after, *field, *new_values);
  }
  if (edit.fields().empty()) return edit;
  edit.set_before(old_values->SerializeAsString());
  edit.set_after(new_values->SerializeAsString());
  return edit;
}

void DescribeChanges(const Message& type, v1::Edit& edit) {
  const std::unique_ptr<Message> before = Parse(type, edit.before());
  const std::unique_ptr<Message> after = Parse(type, edit.after());
  edit.clear_changes();
  for (const std::string& name : edit.fields()) {
    const FieldDescriptor* field = type.GetDescriptor()->FindFieldByName(name);
    if (field == nullptr) continue;  // of a newer program
    v1::FieldChange& change = *edit.add_changes();
    change.set_field(name);
    const std::vector<Value> old_values = ValuesOf(*before, *field);
    const std::vector<Value> new_values = ValuesOf(*after, *field);
    if (field->is_repeated()) {
      for (const Value& value : Without(new_values, old_values)) change.add_added(value.text);
      for (const Value& value : Without(old_values, new_values)) change.add_removed(value.text);
    } else {
      if (!old_values.empty()) change.set_before(old_values.front().text);
      if (!new_values.empty()) change.set_after(new_values.front().text);
    }
  }
}

std::string ChangesText(const v1::Edit& edit) {
  std::vector<std::string> parts;
  for (const v1::FieldChange& change : edit.changes()) {
    const std::string field = absl::StrReplaceAll(change.field(), {{"_", " "}});
    if (change.added().empty() && change.removed().empty()) {
      parts.push_back(
          absl::StrCat(field, " ", Shown(change.before()), " -> ", Shown(change.after())));
      continue;
    }
    std::string text = field;
    for (const std::string& entry : change.removed()) absl::StrAppend(&text, " - ", Shown(entry));
    for (const std::string& entry : change.added()) absl::StrAppend(&text, " + ", Shown(entry));
    parts.push_back(std::move(text));
  }
  return absl::StrJoin(parts, "; ");
}

absl::Status TakeBack(const v1::Edit& edit, Message& record) {
  const std::unique_ptr<Message> before = Parse(record, edit.before());
  const std::unique_ptr<Message> after = Parse(record, edit.after());
  std::unique_ptr<Message> result(record.New());
  result->CopyFrom(record);
  for (const std::string& name : edit.fields()) {
    const FieldDescriptor* field = record.GetDescriptor()->FindFieldByName(name);
    if (field == nullptr) continue;
    const std::vector<Value> old_values = ValuesOf(*before, *field);
    const std::vector<Value> new_values = ValuesOf(*after, *field);
    const std::vector<Value> values = ValuesOf(record, *field);
    const std::vector<Value> added = Without(new_values, old_values);
    const std::vector<Value> removed = Without(old_values, new_values);
    const bool is_as_left =
        field->is_repeated()
            ? Without(added, values).empty() && Without(removed, values).size() == removed.size()
            : IsSame(record, *after, *field);
    if (!is_as_left) {
      std::vector<std::string> now;
      for (const Value& value : values) now.push_back(Shown(value.text));
      return MakeError(Reason::REASON_STALE_ETAG,
                       absl::StrCat("'", name, "' was changed again since: it is now ",
                                    now.empty() ? "(none)" : absl::StrJoin(now, ", "),
                                    "; take the later edit back first, or set it anew"),
                       {{"field", name}, {"edit", edit.name()}});
    }
    if (field->is_repeated()) {
      EditList(added, removed, old_values, *field, *result);
    } else {
      CopyField(*before, *field, *result);
    }
  }
  record.CopyFrom(*result);
  return absl::OkStatus();
}

}  // namespace foia::tracker
