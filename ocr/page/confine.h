// Takes rights away from this process before it parses what others sent.
#ifndef FOIA_OCR_PAGE_CONFINE_H_
#define FOIA_OCR_PAGE_CONFINE_H_

#include <sys/types.h>

namespace foia::ocr {

// Leaves the network and the other namespaces where the system permits it. To be called before any
// thread starts.
void LeaveNamespaces();

// Never uid 0, no new privileges, no core, bounded memory and output; dies with `parent`. False
// when a right could not be given up: the process must end.
bool GiveUpRights(pid_t parent);

// Bounds the CPU time from now on, in seconds.
void LimitCpu(int seconds);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PAGE_CONFINE_H_
