// foiad: every role of the service in one program.

#include <pthread.h>

#include <csignal>
#include <iostream>

#include "services/base/error.h"
#include "services/base/log.h"
#include "services/foiad/backup.h"
#include "services/foiad/options.h"
#include "services/foiad/process.h"

namespace {

int Fail(const absl::Status& status) {
  const foia::ReasonInfo& info = foia::GetReasonInfo(foia::ReasonOf(status));
  std::cerr << "foiad: " << status.message() << "\n  " << info.remedy << " ["
            << foia::common::v1::Reason_Name(info.reason).substr(7) << "]\n";
  return info.exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  // Signals are taken by sigwait below, so they are blocked before any thread starts.
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file size limit is an error like a full disk

  int exit_code = 0;
  const auto options = foia::foiad::ParseOptions(argc, argv, exit_code);
  if (!options.has_value()) return exit_code;
  if (!options->restore_from.empty()) {
    const absl::Status restored = foia::foiad::RestoreBackup(options->restore_from, options->data);
    if (!restored.ok()) return Fail(restored);
    std::cout << "restored " << options->restore_from << " into " << options->data << "\n";
    return 0;
  }
  auto process = foia::foiad::Process::Start(*options);
  if (!process.ok()) return Fail(process.status());
  if (!(*process)->address().empty()) {
    std::cout << "foiad listening on " << (*process)->address() << std::endl;
  }

  int signal = 0;
  while (sigwait(&signals, &signal) == 0 && signal == SIGHUP) (*process)->ReloadRules();
  foia::Log(foia::Severity::kInfo, "stopping");
  (*process)->Stop();
  return 0;
}
