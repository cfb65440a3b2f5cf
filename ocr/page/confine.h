// Takes rights away from this process before it parses what others sent. PageProcess has started it
// in namespaces of its own; the rest it gives up itself, in this order, once everything is loaded:
// LeaveFiles, GiveUpRights, CloseSystemCalls. Not to be called while other threads run.
#ifndef FOIA_OCR_PAGE_CONFINE_H_
#define FOIA_OCR_PAGE_CONFINE_H_

#include <sys/types.h>

namespace foia::ocr {

// The user that root becomes.
inline constexpr uid_t kNobody = 65534;

// Exit codes by which PageProcess sees why a page program ended.
inline constexpr int kExitNotConfined = 4;  // GiveUpRights failed
inline constexpr int kExitOutOfMemory = 5;

// Leaves the file system for an empty place; false where the system does not permit it.
bool LeaveFiles();

// Never uid 0, no capabilities, no new privileges, not to be traced, no core, no children, bounded
// memory, output and descriptors; dies with the thread that started it. False when a right could
// not be given up: the process must end.
bool GiveUpRights();

// From now on a system call that reading a page does not need ends the process with SIGSYS: memory
// (never executable), clocks, messages over sockets it has, and its own end remain. False where the
// system refuses the filter. Nothing in builds with a sanitizer, which needs other calls.
//
// What is called later may open no file, start no thread and load no library: libraries that do
// so at first use (iconv, locales, language models) have to be used once before.
bool CloseSystemCalls();

// Bounds the CPU time from now on, in seconds.
void LimitCpu(int seconds);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PAGE_CONFINE_H_
