// Takes rights away from this process before it parses what others sent.
#ifndef FOIA_OCR_PAGE_CONFINE_H_
#define FOIA_OCR_PAGE_CONFINE_H_

#include <sys/types.h>

namespace foia::ocr {

// Leaves the network and the other namespaces; false where the system does not permit it. To be
// called before any thread starts.
bool LeaveNamespaces();

// Leaves the file system for an empty place; false where the system does not permit it. To be
// called when everything is loaded.
bool LeaveFiles();

// Never uid 0, no new privileges, no core, no children, bounded memory, output and descriptors;
// dies with `parent`. False when a right could not be given up: the process must end.
bool GiveUpRights(pid_t parent);

// Bounds the CPU time from now on, in seconds.
void LimitCpu(int seconds);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PAGE_CONFINE_H_
