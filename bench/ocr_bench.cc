// ocr_bench JOBS OUT_DIR FILE...: reads files as `foia ocr` does, writes OUT_DIR/NAME.json and
// NAME.txt, and prints pages, wall and CPU seconds (children included), time per stage, and how
// long the box pass takes on the middle page, at the 95th percentile and at most.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "ocr/page/export.h"
#include "ocr/page/ocr_files.h"

namespace {

double CpuSeconds() {
  double seconds = 0;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    getrusage(who, &usage);
    seconds += static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
               1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
  }
  return seconds;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fputs("usage: ocr_bench JOBS OUT_DIR FILE...\n", stderr);
    return 2;
  }
  foia::ocr::OcrFilesOptions options;
  options.jobs = std::atoi(argv[1]);
  const std::filesystem::path folder = argv[2];
  // The program stands in bin/, this one beside it in bench/.
  const char* set = std::getenv("FOIA_PAGE");
  options.process.program =
      set != nullptr
          ? set
          : foia::ocr::PageProgram(
                std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() /
                "bin");
  const auto start = std::chrono::steady_clock::now();
  const auto files = foia::ocr::OcrFiles(std::vector<std::string>(argv + 3, argv + argc), options);
  if (!files.ok()) {
    std::fprintf(stderr, "%s\n", files.status().ToString().c_str());
    return 1;
  }
  const double wall =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  size_t pages = 0;
  foia::documents::v1::Timings sum;
  std::vector<std::pair<int, std::string>> boxes;  // milliseconds and page
  for (const foia::ocr::OcrFile& file : *files) {
    const std::string name = std::filesystem::path(file.path).filename();
    const std::string stem = std::filesystem::path(file.path).stem();
    std::ofstream(folder / (stem + ".json"))
        << foia::ocr::PageRecordsToJson(name, file.sha256, file.pages);
    std::ofstream(folder / (stem + ".txt")) << foia::ocr::PageRecordsToText(file.pages);
    pages += file.pages.size();
    for (size_t i = 0; i < file.pages.size(); ++i) {
      const auto& t = file.pages[i].timings();
      sum.set_open_ms(sum.open_ms() + t.open_ms());
      sum.set_vector_ms(sum.vector_ms() + t.vector_ms());
      sum.set_raster_ms(sum.raster_ms() + t.raster_ms());
      sum.set_prepare_ms(sum.prepare_ms() + t.prepare_ms());
      sum.set_box_ms(sum.box_ms() + t.box_ms());
      sum.set_ocr_ms(sum.ocr_ms() + t.ocr_ms());
      boxes.emplace_back(t.box_ms(), name + " " + std::to_string(i + 1));
    }
  }
  const double cpu = CpuSeconds();
  std::printf(
      "pages %zu wall_s %.2f cpu_s %.2f cpu_s_per_page %.3f  ms/page vector %zu raster %zu "
      "prepare %zu box %zu ocr %zu\n",
      pages, wall, cpu, cpu / static_cast<double>(pages),
      static_cast<size_t>(sum.vector_ms()) / pages, static_cast<size_t>(sum.raster_ms()) / pages,
      static_cast<size_t>(sum.prepare_ms()) / pages, static_cast<size_t>(sum.box_ms()) / pages,
      static_cast<size_t>(sum.ocr_ms()) / pages);
  std::sort(boxes.begin(), boxes.end());
  std::printf("box ms: half %d, 95 %% %d, all %d (%s)\n", boxes[boxes.size() / 2].first,
              boxes[boxes.size() * 95 / 100].first, boxes.back().first,
              boxes.back().second.c_str());
  return 0;
}
