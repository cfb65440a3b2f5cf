#include "services/foiad/options.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <vector>

#include "absl/strings/match.h"

namespace foia::foiad {
namespace {

constexpr const char* kFooter = R"(Examples:
  foiad                                    everything, on 127.0.0.1:7700, in the default folder
  foiad --data /srv/foia --metrics 127.0.0.1:9464
  foiad --listen 0.0.0.0:7700 --tls-cert server.pem --tls-key server.key
  foiad --restore-from /backup/2026-11-20 --data /srv/foia

Every option can stand in foiad.toml in the data directory, without the dashes; those with an
(Env:...) can stand in the environment. The first start writes the owner's token to DATA/token; `foia` reads it.)";

std::string DefaultDataDirectory() {
  if (const char* xdg = std::getenv("XDG_DATA_HOME"); xdg != nullptr && *xdg != '\0') {
    return std::string(xdg) + "/foiad";
  }
  const char* home = std::getenv("HOME");
  return home == nullptr || *home == '\0' ? "/var/lib/foiad"
                                          : std::string(home) + "/.local/share/foiad";
}

// Absolute, without a slash at the end.
std::string FolderPath(const std::string& path) {
  std::string folder = std::filesystem::absolute(path).lexically_normal().string();
  while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
  return folder;
}

}  // namespace

bool IsLoopback(const std::string& address) {
  return absl::StartsWith(address, "unix") || absl::StartsWith(address, "127.") ||
         absl::StartsWith(address, "localhost:") || absl::StartsWith(address, "[::1]:");
}

std::optional<Options> ParseOptions(int argc, char** argv, int& exit_code) {
  Options options;
  options.data = DefaultDataDirectory();
  std::vector<std::string> roles{"all"};
  CLI::App app{
      "foiad, the server of foia: tracks FOIA requests, reads released documents, finds "
      "text in them."};
  app.footer(kFooter);
  app.set_version_flag("--version", "foiad " FOIA_VERSION);
  app.add_option("--data", options.data, "Data directory")
      ->envname("FOIA_DATA")
      ->capture_default_str();
  app.add_option("--roles", roles, "Comma-separated: tracker, documents, search, worker, or all")
      ->delimiter(',')
      ->check(CLI::IsMember({"all", "tracker", "documents", "search", "worker"}))
      ->envname("FOIA_ROLES");
  app.add_option("--listen", options.listen, "host:port; port 0 takes a free one")
      ->envname("FOIA_LISTEN")
      ->capture_default_str();
  app.add_option("--port-file", options.port_file, "File that gets the address listened on");
  app.add_option("--metrics", options.metrics, "host:port of Prometheus metrics")
      ->envname("FOIA_METRICS");
  auto* cert = app.add_option("--tls-cert", options.tls_cert, "Certificate chain, PEM")
                   ->envname("FOIA_TLS_CERT");
  auto* key =
      app.add_option("--tls-key", options.tls_key, "Private key, PEM")->envname("FOIA_TLS_KEY");
  cert->needs(key);
  key->needs(cert);
  app.add_flag("--insecure", options.insecure, "Listen beyond loopback without TLS");
  app.add_option("--rules", options.rules, "Folder of deadline rules laid over the built-in ones")
      ->envname("FOIA_RULES");
  app.add_option("--languages", options.languages,
                 "Tesseract languages of documents that name none, joined by '+'")
      ->envname("FOIA_LANGUAGES")
      ->capture_default_str();
  app.add_option("--page-processes", options.page_processes,
                 "Pages read at the same time; 0: one per core")
      ->envname("FOIA_PAGE_PROCESSES")
      ->check(CLI::Range(0, 256));
  app.add_option("--cache-mib", options.cache_mib,
                 "Most that pictures of pages and exports take on disk, in MiB")
      ->envname("FOIA_CACHE_MIB")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  app.add_option("--tracker", options.tracker, "Address of the tracker when it runs elsewhere")
      ->envname("FOIA_TRACKER");
  app.add_option("--documents", options.documents,
                 "Address of the documents role when it runs elsewhere")
      ->envname("FOIA_DOCUMENTS");
  app.add_option("--peer-ca", options.peer_ca,
                 "PEM file of the authority that signed the other roles' certificates")
      ->envname("FOIA_PEER_CA");
  app.add_option("--system-token-file", options.system_token_file,
                 "Secret that foiad's processes share, at least 32 characters")
      ->envname("FOIA_SYSTEM_TOKEN_FILE");
  app.add_option("--restore-from", options.restore_from,
                 "Restore this backup into an empty --data and end");
  // The file is looked for where the data directory is, so that is settled first.
  if (const char* data = std::getenv("FOIA_DATA"); data != nullptr) options.data = data;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--data" && i + 1 < argc) options.data = argv[i + 1];
    if (absl::StartsWith(word, "--data=")) options.data = word.substr(7);
  }
  app.set_config("--config", options.data + "/foiad.toml", "Configuration file");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? 0 : 2;
    return std::nullopt;
  }
  options.roles = std::set<std::string>(roles.begin(), roles.end());
  if (options.roles.count("all") > 0) options.roles = {"tracker", "documents", "search", "worker"};
  options.data = FolderPath(options.data);
  if (!options.restore_from.empty()) options.restore_from = FolderPath(options.restore_from);
  if (!IsLoopback(options.listen) && options.tls_cert.empty() && !options.insecure) {
    std::cerr << "foiad: --listen " << options.listen
              << " is not a loopback address: give --tls-cert and --tls-key, or --insecure\n";
    exit_code = 2;
    return std::nullopt;
  }
  return options;
}

}  // namespace foia::foiad
