#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "cli/app.h"

namespace {

// Nothing needs tidying up: files appear by renaming, uploads go on where they stopped.
void OnInterrupt(int) {
  constexpr char kNewLine = '\n';
  (void)!write(STDERR_FILENO, &kNewLine, 1);
  _exit(foia::cli::kExitInterrupted);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGINT, OnInterrupt);
  setenv("GRPC_VERBOSITY", "NONE", 0);  // foia prints its own errors
  foia::cli::App app;
  foia::cli::AddDocketVerbs(app);
  foia::cli::AddUploadVerbs(app);
  foia::cli::AddSearchVerbs(app);
  foia::cli::AddOcrVerbs(app);
  foia::cli::AddAgencyVerbs(app);
  foia::cli::AddMatterVerbs(app);
  foia::cli::AddRequestVerbs(app);
  foia::cli::AddRulesVerbs(app);
  foia::cli::AddEventVerbs(app);
  foia::cli::AddDeadlineVerbs(app);
  foia::cli::AddDocumentVerbs(app);
  foia::cli::AddReleaseVerbs(app);
  foia::cli::AddStatusVerbs(app);
  foia::cli::AddAccessVerbs(app);
  foia::cli::AddAdminVerbs(app);
  return app.Run(argc, argv);
}
