// What foiad is told: flag > environment FOIA_* > foiad.toml > default.
#ifndef FOIA_SERVICES_FOIAD_OPTIONS_H_
#define FOIA_SERVICES_FOIAD_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace foia::foiad {

struct Options {
  std::string data;                       // data directory
  std::set<std::string> roles;            // tracker, documents, search, worker
  std::string listen = "127.0.0.1:7700";  // host:port; the unix socket is always there
  std::string port_file;                  // gets the address that is listened on
  std::string metrics;                    // host:port of Prometheus metrics; empty: none
  std::string tls_cert;                   // PEM files; both or none
  std::string tls_key;
  bool insecure = false;              // listen beyond loopback without TLS
  std::string rules;                  // folder of rules files laid over the built-in ones
  std::string languages = "eng+spa";  // for OCR
  int page_processes = 0;             // 0: one per core
  int64_t cache_mib = 1024;           // pictures of pages and exports kept on disk
  std::string tracker;                // address of the role when it runs elsewhere
  std::string documents;
  std::string peer_ca;            // PEM: authority of those roles' certificates
  std::string system_token_file;  // secret shared by foiad's processes
  std::string restore_from;       // a backup: restore it into `data` and end
};

// nullopt when there is nothing to run: help or version was printed, or the words are wrong;
// `exit_code` then says which.
std::optional<Options> ParseOptions(int argc, char** argv, int& exit_code);

// True for loopback addresses and unix sockets.
bool IsLoopback(const std::string& address);

}  // namespace foia::foiad

#endif  // FOIA_SERVICES_FOIAD_OPTIONS_H_
