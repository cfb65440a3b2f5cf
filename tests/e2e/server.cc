#include "tests/e2e/server.h"

#include <google/protobuf/util/json_util.h>

#include <csignal>
#include <filesystem>
#include <utility>

#include "gtest/gtest.h"

namespace foia::testing {

const Environment& CleanEnvironment() {
  static const auto* const clean = new Environment{{"FOIA_SERVER", ""},
                                                   {"FOIA_TOKEN_FILE", ""},
                                                   {"FOIA_DATA", ""},
                                                   {"FOIA_CA", ""},
                                                   {"HOME", "/nonexistent"},
                                                   {"XDG_DATA_HOME", "/nonexistent"},
                                                   {"XDG_CONFIG_HOME", "/nonexistent"}};
  return *clean;
}

RunResult Foia(std::vector<std::string> arguments, const Environment& environment,
               absl::Duration limit) {
  arguments.insert(arguments.begin(), BinDir() + "/foia");
  Environment all = environment;
  all.insert(CleanEnvironment().begin(), CleanEnvironment().end());
  return RunProgram(arguments, all, limit);
}

std::string Foiad() { return BinDir() + "/foiad"; }

Server::Server(const std::string& data, const std::vector<std::string>& options)
    : data_(data), log_(data + ".log") {
  const std::string port_file = data + ".address";
  std::filesystem::remove(port_file);
  std::vector<std::string> arguments = {Foiad(),       "--data",      data,     "--listen",
                                        "127.0.0.1:0", "--port-file", port_file};
  arguments.insert(arguments.end(), options.begin(), options.end());
  process_ = std::make_unique<BackgroundProgram>(arguments, CleanEnvironment(), log_);
  const bool up = WaitUntil(
      [&] {
        if (!std::filesystem::exists(port_file)) return process_->Wait(absl::ZeroDuration()) != -1;
        address_ = ReadFile(port_file);
        address_.erase(address_.find_last_not_of('\n') + 1);
        return Foia({"status"}).exit_code == 0;
      },
      absl::Seconds(60));
  EXPECT_TRUE(up && !address_.empty()) << "foiad does not answer:\n" << ReadFile(log_);
}

RunResult Server::Foia(std::vector<std::string> arguments, Environment environment,
                       absl::Duration limit) const {
  environment.insert({{"FOIA_SERVER", address_}, {"FOIA_TOKEN_FILE", data_ + "/token"}});
  return testing::Foia(std::move(arguments), environment, limit);
}

std::vector<std::string> Server::WithJson(std::vector<std::string> arguments) {
  arguments.push_back("--json");
  return arguments;
}

void Server::ParseJson(const RunResult& result, google::protobuf::Message& message) {
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(result.out, &message).ok()) << result.out;
}

int Server::Drain() {
  process_->Signal(SIGTERM);
  return process_->Wait(absl::Seconds(20));
}

}  // namespace foia::testing
