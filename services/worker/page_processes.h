// The real readers: foia-page processes.
#ifndef FOIA_SERVICES_WORKER_PAGE_PROCESSES_H_
#define FOIA_SERVICES_WORKER_PAGE_PROCESSES_H_

#include <string>

#include "services/worker/page_reader.h"

namespace foia::worker {

// `program` empty: foia-page beside the running program. `languages` as Tesseract's, "eng+spa".
PageReaderFactory PageProcesses(std::string program, std::string languages);

}  // namespace foia::worker

#endif  // FOIA_SERVICES_WORKER_PAGE_PROCESSES_H_
