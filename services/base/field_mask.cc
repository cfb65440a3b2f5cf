#include "services/base/field_mask.h"

#include <google/protobuf/util/field_mask_util.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/base/error.h"

namespace foia {
namespace {

bool IsSet(const google::protobuf::Message& message, const std::string& name) {
  const auto* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr) return false;
  if (field->is_repeated()) return message.GetReflection()->FieldSize(message, field) > 0;
  return message.GetReflection()->HasField(message, field);
}

}  // namespace

absl::Status UpdateFields(const google::protobuf::FieldMask& mask,
                          const std::vector<std::string>& changeable,
                          const google::protobuf::Message& source,
                          google::protobuf::Message& target) {
  google::protobuf::FieldMask fields;
  if (mask.paths_size() == 0) {
    for (const std::string& name : changeable) {
      if (IsSet(source, name)) fields.add_paths(name);
    }
  } else if (mask.paths_size() == 1 && mask.paths(0) == "*") {
    for (const std::string& name : changeable) fields.add_paths(name);
  } else {
    for (const std::string& path : mask.paths()) {
      if (std::find(changeable.begin(), changeable.end(), path) == changeable.end()) {
        return InvalidFields({{"update_mask", absl::StrCat("'", path, "' cannot be changed; can: ",
                                                           absl::StrJoin(changeable, ", "))}});
      }
    }
    fields = mask;
  }
  google::protobuf::util::FieldMaskUtil::MergeOptions options;
  options.set_replace_message_fields(true);
  options.set_replace_repeated_fields(true);
  for (const std::string& path : fields.paths()) {  // merging leaves scalars that are cleared
    target.GetReflection()->ClearField(&target, target.GetDescriptor()->FindFieldByName(path));
  }
  google::protobuf::util::FieldMaskUtil::MergeMessageTo(source, fields, options, &target);
  return absl::OkStatus();
}

}  // namespace foia
