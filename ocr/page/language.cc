#include "ocr/page/language.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>

namespace foia::ocr {
namespace {

struct KnownLanguage {
  std::string_view pack, tag;
  // Function words, between blanks; empty when none are known.
  std::string_view words;
};

// Words that are common in two of these languages say nothing and count for both.
constexpr std::array<KnownLanguage, 20> kLanguages{{
    {"eng", "en",
     " the of and to in that is was for by on with as be at from this which or not are have it an "
     "were has been may shall any will would their his its if all other "},
    {"spa", "es",
     " de la que el en los del se las por con para una un su al lo como sus le ya este esta sin "
     "sobre entre cuando muy ser fue son ha han hasta desde no y o es "},
    {"fra", "fr",
     " de la le les des et en du un une que qui dans pour par est sur au aux ce cette avec ne pas "
     "il elle ou sont ses son leur "},
    {"por", "pt",
     " de a o que e do da em um uma para com os as dos das no na por ao se foi mais como sua seu "
     "ou "
     "ser sem "},
    {"ita", "it",
     " di che il la e in un una per del della dei delle con non si le al da gli nel alla sono come "
     "anche "},
    {"deu", "de",
     " der die und das den von zu mit des dem im auf ist nicht ein eine als auch sich werden wird "
     "oder nach bei aus "},
    {"nld", "nl",
     " de het een van en in is dat op te voor met zijn die niet aan er om bij ook als uit door "
     "naar "
     "wordt "},
    {"pol", "pl", " w i na z do nie jest to od przez oraz za po dla o "},
    {"cat", "ca", " de la el que i els les del en un una per amb es al "},
    {"hat", "ht", " nan yo ki pou ak yon la li se te pa sou moun "},
    {"rus", "ru", ""},
    {"ukr", "uk", ""},
    {"ara", "ar", ""},
    {"chi_sim", "zh-Hans", ""},
    {"chi_tra", "zh-Hant", ""},
    {"jpn", "ja", ""},
    {"kor", "ko", ""},
    {"vie", "vi", ""},
    {"tgl", "tl", " ang ng sa na mga at ay ko si para ito "},
    {"fil", "fil", " ang ng sa na mga at ay ko si para ito "},
}};

// What a change of the language between two lines must be worth, in function words.
constexpr int kChange = 3;
// Fewer on all lines say nothing.
constexpr int kEnough = 2;

const KnownLanguage* Find(std::string_view pack) {
  const auto* at = std::find_if(kLanguages.begin(), kLanguages.end(),
                                [&](const KnownLanguage& l) { return l.pack == pack; });
  return at == kLanguages.end() ? nullptr : at;
}

// Between single blanks, lower case, without punctuation.
std::string Words(std::string_view line) {
  std::string out = " ";
  for (const char c : line) {
    const auto u = static_cast<unsigned char>(c);
    if (std::isalpha(u) != 0 || u >= 0x80) {
      out += static_cast<char>(std::tolower(u));
    } else if (c != '\'' && out.back() != ' ') {
      out += ' ';
    }
  }
  if (out.back() != ' ') out += ' ';
  return out;
}

int Count(const std::string& words, std::string_view function_words) {
  int count = 0;
  for (size_t at = 1; at < words.size();) {
    const size_t end = words.find(' ', at);
    if (function_words.find(std::string_view(words).substr(at - 1, end - at + 2)) !=
        std::string_view::npos) {
      ++count;
    }
    at = end + 1;
  }
  return count;
}

}  // namespace

std::string LanguageTag(std::string_view pack) {
  const KnownLanguage* known = Find(pack);
  return std::string(known == nullptr ? pack : known->tag);
}

std::vector<std::string> KnownLanguages() {
  std::vector<std::string> packs;
  for (const KnownLanguage& l : kLanguages) {
    if (!l.words.empty()) packs.emplace_back(l.pack);
  }
  return packs;
}

std::vector<int> LanguagesOfLines(const std::vector<TextLine>& lines,
                                  const std::vector<std::string>& packs) {
  const size_t n = lines.size(), k = packs.size();
  // The cheapest sequence (Viterbi): a function word that its line's language lacks costs one.
  std::vector<std::vector<int>> cost(n + 1, std::vector<int>(k, 0));
  std::vector<std::vector<size_t>> from(n + 1, std::vector<size_t>(k, 0));
  int evidence = 0;
  for (size_t i = 0; i < n; ++i) {
    const std::string words = Words(lines[i].text);
    std::vector<int> counts(k, 0);
    for (size_t l = 0; l < k; ++l) {
      const KnownLanguage* known = Find(packs[l]);
      if (known != nullptr) counts[l] = Count(words, known->words);
    }
    const int most = counts.empty() ? 0 : *std::max_element(counts.begin(), counts.end());
    evidence += most;
    const auto best =
        static_cast<size_t>(std::min_element(cost[i].begin(), cost[i].end()) - cost[i].begin());
    for (size_t l = 0; l < k; ++l) {
      from[i + 1][l] = cost[i][l] <= cost[i][best] + kChange ? l : best;
      cost[i + 1][l] = std::min(cost[i][l], cost[i][best] + kChange) + most - counts[l];
    }
  }
  if (evidence < kEnough) return std::vector<int>(n, -1);
  std::vector<int> result(n, 0);
  auto state =
      static_cast<size_t>(std::min_element(cost[n].begin(), cost[n].end()) - cost[n].begin());
  for (size_t i = n; i-- > 0;) {
    result[i] = static_cast<int>(state);
    state = from[i + 1][state];
  }
  return result;
}

}  // namespace foia::ocr
