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
  foia::cli::AddAllVerbs(app);
  return app.Run(argc, argv);
}
