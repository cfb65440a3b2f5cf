// A running foiad: its data directory, the roles chosen, and the server in front of them.
#ifndef FOIA_SERVICES_FOIAD_PROCESS_H_
#define FOIA_SERVICES_FOIAD_PROCESS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "services/foiad/options.h"

namespace foia::foiad {

class Process {
 public:
  // Opens the data, starts the server and the roles. Beside other roles, the worker is a child
  // process, so that killing it harms nothing else.
  static absl::StatusOr<std::unique_ptr<Process>> Start(const Options& options);
  ~Process();

  // What is listened on, with the port that was taken; empty for a worker alone.
  const std::string& address() const;
  // Reads the operator's rules again and logs what came of it; the old ones stay in force when a
  // file does not load.
  void ReloadRules();
  // Takes no new calls, lets running ones end (at most 8 s), stops the roles, closes the data.
  void Stop();

 private:
  struct Impl;
  explicit Process(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace foia::foiad

#endif  // FOIA_SERVICES_FOIAD_PROCESS_H_
