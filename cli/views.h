// Saved views: the options of `foia docket` under a name, kept in the user's own configuration,
// $XDG_CONFIG_HOME/foia/views or ~/.config/foia/views. One view a line: the name and the words,
// with tabs between.
#ifndef FOIA_CLI_VIEWS_H_
#define FOIA_CLI_VIEWS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace foia::cli {

using SavedViews = std::map<std::string, std::vector<std::string>>;

std::string ViewsFile();
// Empty when there is no file.
absl::StatusOr<SavedViews> LoadViews(const std::string& file);
// Replaces the file as a whole.
absl::Status StoreViews(const std::string& file, const SavedViews& views);
// INVALID_FIELD unless it is made of small letters, digits and hyphens.
absl::Status CheckViewName(const std::string& name);

// The command line `words` with `--view NAME` of `docket` replaced by what is saved under NAME,
// before the words that were typed: the last one counts where both give an option.
std::vector<std::string> WithSavedView(const std::vector<std::string>& words,
                                       const SavedViews& views);

}  // namespace foia::cli

#endif  // FOIA_CLI_VIEWS_H_
