// foia's words, help and errors, where no server is needed.
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/server.h"

namespace foia::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(CommandLineTest, WordsThatMakeNoSense) {
  const struct {
    std::vector<std::string> words;
    int exit_code;
    std::string expected;  // in stderr
  } cases[] = {
      {{}, 2, "Usage: foia [OPTIONS] SUBCOMMAND"},
      {{"agency"}, 2, "Usage: foia agency"},
      {{"agncy", "list"}, 2, "did you mean 'agency'?"},
      {{"agency", "lst"}, 2, "did you mean 'list'?"},
      {{"access", "token", "revok"}, 2, "did you mean 'revoke'?"},
      {{"agency", "list", "--limt", "3"}, 2, "did you mean '--limit'?"},
      {{"--server", "agency", "agncy"}, 2, "did you mean 'agency'?"},
      {{"event", "record"}, 2, "REQUEST is required"},
      {{"event", "record", "r1", "received"}, 2, "--on is required"},
      {{"event", "record", "r1", "recieved", "--on", "2020-07-16"}, 2, "did you mean 'received'?"},
      {{"event", "record", "r1", "received", "--on", "2020-07-32"}, 2, "[INVALID_DATE]"},
      {{"event", "record", "r1", "received", "--on", "3/4/2020"},
       2,
       "Wed 2020-03-04 or Fri 2020-04-03"},
      {{"event", "record", "r1", "received", "--on", "2020-07-16", "--set", "days"},
       2,
       "is not KEY=VALUE"},
      {{"docket", "--as-of", "2021-02-29"}, 2, "--as-of: '2021-02-29' is not a date"},
      {{"docket", "--view", "late"}, 2, "--view"},
      {{"docket", "--csv", "--print"}, 2, "--csv excludes --print"},
      {{"upload", "x.pdf", "--request", "r1", "--received-on", "soon"}, 2, "[INVALID_DATE]"},
      {{"upload", "x.pdf", "--request", "r1", "--received-on", "2206-07-16"},
       2,
       "2206-07-16 lies after today"},
      {{"document", "update", "d1", "--received-on", "2206-07-16"}, 2, "[UNLIKELY_DATE]"},
      {{"request", "void", "r1"}, 2, "--reason is required"},
      {{"upload", "x.pdf", "--request", "r1", "--kind", "leter"}, 2, "--kind"},
      {{"document", "retry", "d1", "--pages", "9-3"}, 2, "'9-3' are no pages"},
      {{"document", "retry", "d1", "--pages", "1,x"}, 2, "--pages"},
      {{"document", "update", "d1"}, 2, "nothing to change"},
      {{"document", "update", "d1", "--kind", "leter"}, 2, "did you mean 'letter'?"},
      {{"search"}, 2, "QUERY is required"},
      {{"help", "agncy"}, 2, "no help about 'agncy'"},
      {{"--timeout", "0", "status"}, 2, "--timeout"},
  };
  for (const auto& row : cases) {
    const RunResult result = Foia(row.words);
    EXPECT_EQ(result.exit_code, row.exit_code) << result.err;
    EXPECT_THAT(result.err, HasSubstr(row.expected));
    EXPECT_EQ(result.out, "");
  }
}

TEST(CommandLineTest, EveryVerbHasHelpWithExamples) {
  for (const std::vector<std::string>& verb :
       std::vector<std::vector<std::string>>{{"agency", "create"},
                                             {"agency", "list"},
                                             {"agency", "show"},
                                             {"agency", "update"},
                                             {"agency", "recognise"},
                                             {"request", "create"},
                                             {"request", "list"},
                                             {"request", "show"},
                                             {"request", "update"},
                                             {"request", "copy"},
                                             {"event", "record"},
                                             {"event", "list"},
                                             {"event", "undo"},
                                             {"event", "types"},
                                             {"request", "void"},
                                             {"request", "verify"},
                                             {"deadlines", "show"},
                                             {"deadlines", "rights"},
                                             {"deadlines", "compute"},
                                             {"deadlines", "check"},
                                             {"deadlines", "dismiss"},
                                             {"docket"},
                                             {"view", "list"},
                                             {"view", "delete"},
                                             {"rules", "list"},
                                             {"rules", "reload"},
                                             {"upload"},
                                             {"document", "list"},
                                             {"document", "show"},
                                             {"document", "pages"},
                                             {"document", "page"},
                                             {"document", "watch"},
                                             {"document", "retry"},
                                             {"document", "download"},
                                             {"search"},
                                             {"ocr"},
                                             {"status"},
                                             {"version"},
                                             {"admin", "backup"},
                                             {"admin", "restore"},
                                             {"admin", "check"},
                                             {"access", "whoami"},
                                             {"access", "person", "create"},
                                             {"access", "grant", "set"},
                                             {"help"}}) {
    std::vector<std::string> words = verb;
    words.push_back("--help");
    const RunResult result = Foia(words);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, AllOf(HasSubstr("Usage: foia " + verb[0]),
                                  HasSubstr("Examples:\n  foia "), HasSubstr("--help")));
    EXPECT_THAT(result.err, IsEmpty());
  }
}

TEST(CommandLineTest, ExitCodesAndVersion) {
  const RunResult codes = Foia({"help", "exit-codes"});
  EXPECT_EQ(codes.exit_code, 0);
  EXPECT_THAT(codes.out, AllOf(HasSubstr("\n3     not found: AGENCY_NOT_FOUND"),
                               HasSubstr("\n130   interrupted\n")));
  EXPECT_THAT(Foia({"help", "dates"}).out, HasSubstr("July 16, 2020"));
  EXPECT_THAT(Foia({"version", "--source"}).out,
              AllOf(HasSubstr("foia "), HasSubstr("AGPL-3.0-or-later"), HasSubstr("source ")));
}

TEST(CommandLineTest, ServerDown) {
  // Words that are also names of verbs stay words of a query.
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"status"}, {"search", "docket", "agency"}}) {
    std::vector<std::string> arguments = words;
    arguments.insert(arguments.end(), {"--server", "127.0.0.1:1"});
    const RunResult result = Foia(arguments, {{"http_proxy", "http://127.0.0.1:2"}});
    EXPECT_EQ(result.exit_code, 6);
    EXPECT_EQ(result.err,
              "foia: no foiad answers at 127.0.0.1:1\n"
              "  Start the server ('foiad'), or give its address with --server. "
              "[SERVER_UNREACHABLE]\n");
    EXPECT_EQ(result.out, "");
  }
}

TEST(CommandLineTest, TokenFileThatIsNotThere) {
  const RunResult result = Foia({"status", "--token-file", "/nonexistent/token"});
  EXPECT_EQ(result.exit_code, 5);
  EXPECT_THAT(result.err, AllOf(HasSubstr("'/nonexistent/token'"), HasSubstr("[MISSING_TOKEN]")));
}

// A server that takes the connection and says nothing.
class MuteServer {
 public:
  MuteServer() : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(socket_, 8), 0);
    EXPECT_EQ(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    address_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  ~MuteServer() { close(socket_); }
  // Until somebody has connected; false when nobody does.
  bool Accept() const {
    pollfd waiting{socket_, POLLIN, 0};
    if (poll(&waiting, 1, 20'000) != 1) return false;
    close(accept(socket_, nullptr, nullptr));
    return true;
  }
  const std::string& address() const { return address_; }

 private:
  int socket_;
  std::string address_;
};

TEST(CommandLineTest, ServerThatDoesNotAnswer) {
  const MuteServer server;
  const RunResult result = Foia({"status", "--server", server.address(), "--timeout", "0.5"});
  EXPECT_EQ(result.exit_code, 6);
  EXPECT_THAT(result.err, AllOf(HasSubstr(server.address()), HasSubstr("[TIMEOUT]")));
}

TEST(CommandLineTest, Interrupted) {
  const TempDir dir;
  const MuteServer server;
  BackgroundProgram foia({BinDir() + "/foia", "status", "--server", server.address()},
                         CleanEnvironment(), dir / "log");
  ASSERT_TRUE(server.Accept()) << ReadFile(dir / "log");
  foia.Signal(SIGINT);
  EXPECT_EQ(foia.Wait(absl::Seconds(20)), 130);
}

}  // namespace
}  // namespace foia::testing
