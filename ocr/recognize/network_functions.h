// Included before every file of Tesseract's network in the build for x86-64-v3: its two gate
// functions, eight numbers at a time. They take a fifth of a page's time one by one. The results
// are those of its own functions to the last bit: the same table, the same operations in the same
// order.
#ifndef FOIA_OCR_RECOGNIZE_NETWORK_FUNCTIONS_H_
#define FOIA_OCR_RECOGNIZE_NETWORK_FUNCTIONS_H_

#include <immintrin.h>

#include "functions.h"

namespace tesseract {

// f(|x|) by linear interpolation in `table`; beyond its end, 1.
inline __m256 EightFromTable(const float* table, __m256 magnitude) {
  const __m256 scaled = _mm256_mul_ps(magnitude, _mm256_set1_ps(kScaleFactor));
  const __m256i last = _mm256_set1_epi32(kTableSize - 1);
  const __m256i at = _mm256_cvttps_epi32(scaled);
  // What is too large to be converted is negative here; as an unsigned number it is the largest.
  const __m256i index = _mm256_min_epu32(at, _mm256_set1_epi32(kTableSize - 2));
  const __m256 beyond = _mm256_castsi256_ps(_mm256_cmpeq_epi32(_mm256_max_epu32(at, last), at));
  const __m256 low = _mm256_i32gather_ps(table, index, 4);
  const __m256 high = _mm256_i32gather_ps(table + 1, index, 4);
  const __m256 part = _mm256_sub_ps(scaled, _mm256_cvtepi32_ps(index));
  const __m256 value = _mm256_add_ps(low, _mm256_mul_ps(_mm256_sub_ps(high, low), part));
  return _mm256_blendv_ps(value, _mm256_set1_ps(1), beyond);
}

inline __m256 EightTanh(__m256 x) {
  const __m256 sign = _mm256_set1_ps(-0.0F);
  // tanh(-x) = -tanh(x)
  return _mm256_xor_ps(EightFromTable(TanhTable, _mm256_andnot_ps(sign, x)),
                       _mm256_and_ps(sign, x));
}

inline __m256 EightLogistic(__m256 x) {
  const __m256 value = EightFromTable(LogisticTable, _mm256_andnot_ps(_mm256_set1_ps(-0.0F), x));
  // logistic(-x) = 1 - logistic(x)
  const __m256 negative = _mm256_cmp_ps(x, _mm256_setzero_ps(), _CMP_LT_OQ);
  return _mm256_blendv_ps(value, _mm256_sub_ps(_mm256_set1_ps(1), value), negative);
}

// out[i] = f(in[i]), and the same times factor[i].
template <__m256 (*Eight)(__m256), float (*One)(float)>
inline void ApplyByEights(int n, const float* in, float* out) {
  int i = 0;
  for (; i + 8 <= n; i += 8) _mm256_storeu_ps(out + i, Eight(_mm256_loadu_ps(in + i)));
  for (; i < n; ++i) out[i] = One(in[i]);
}

template <>
inline void FuncInplace<GFunc>(int n, float* inout) {
  ApplyByEights<EightTanh, Tanh>(n, inout, inout);
}

template <>
inline void FuncInplace<FFunc>(int n, float* inout) {
  ApplyByEights<EightLogistic, Logistic>(n, inout, inout);
}

template <>
inline void FuncMultiply<HFunc>(const float* u, const float* v, int n, float* out) {
  int i = 0;
  for (; i + 8 <= n; i += 8) {
    _mm256_storeu_ps(out + i,
                     _mm256_mul_ps(EightTanh(_mm256_loadu_ps(u + i)), _mm256_loadu_ps(v + i)));
  }
  for (; i < n; ++i) out[i] = Tanh(u[i]) * v[i];
}

}  // namespace tesseract

#endif  // FOIA_OCR_RECOGNIZE_NETWORK_FUNCTIONS_H_
