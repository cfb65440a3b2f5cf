// The real readers: foia-page processes.
#ifndef FOIA_SERVICES_WORKER_PAGE_PROCESSES_H_
#define FOIA_SERVICES_WORKER_PAGE_PROCESSES_H_

#include <string>

#include "services/worker/page_reader.h"

namespace foia::worker {

// `program` empty: foia-page beside the running program.
PageReaderFactory PageProcesses(std::string program);

// Lets a reader load the language packs. INVALID_FIELD names the one that is not installed.
absl::Status TryLanguages(const PageReaderFactory& readers, const std::string& languages);

}  // namespace foia::worker

#endif  // FOIA_SERVICES_WORKER_PAGE_PROCESSES_H_
