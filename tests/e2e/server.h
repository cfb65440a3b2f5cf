// A real foiad with a data directory of its own, and the real foia to talk to it.
#ifndef FOIA_TESTS_E2E_SERVER_H_
#define FOIA_TESTS_E2E_SERVER_H_

#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/subprocess.h"
#include "tests/support/temp_dir.h"

namespace foia::testing {

class Server {
 public:
  // Starts foiad on `data` and a free port; fails the test when it does not answer.
  explicit Server(const std::string& data, const std::vector<std::string>& options = {});

  // foia with this server and its owner's token.
  RunResult Foia(std::vector<std::string> arguments, Environment environment = {},
                 absl::Duration limit = absl::Seconds(60)) const;
  // The same with --json; fails the test when it fails or prints anything else.
  template <typename Message>
  Message FoiaJson(std::vector<std::string> arguments, absl::Duration limit = absl::Seconds(60)) {
    Message message;
    ParseJson(Foia(WithJson(std::move(arguments)), {}, limit), message);
    return message;
  }

  // Of what foia printed with --json; fails the test when it failed or printed anything else.
  static void ParseJson(const RunResult& result, google::protobuf::Message& message);

  // SIGTERM; the exit code.
  int Stop() { return Drain(); }
  BackgroundProgram& process() { return *process_; }
  const std::string& address() const { return address_; }
  const std::string& data() const { return data_; }
  const std::string& log() const { return log_; }

 private:
  static std::vector<std::string> WithJson(std::vector<std::string> arguments);
  int Drain();

  std::string data_;
  std::string log_;
  std::string address_;
  std::unique_ptr<BackgroundProgram> process_;
};

// Without the variables of an installation of whoever runs the tests.
const Environment& CleanEnvironment();

// foia without a server.
RunResult Foia(std::vector<std::string> arguments, const Environment& environment = {},
               absl::Duration limit = absl::Seconds(60));
std::string Foiad();

}  // namespace foia::testing

#endif  // FOIA_TESTS_E2E_SERVER_H_
