// The gate functions of the tuned network give what Tesseract's own give, to the last bit.
#include "ocr/recognize/network_functions.h"

#include <cmath>
#include <cstdio>
#include <vector>

#include "gtest/gtest.h"

namespace tesseract {
namespace {

// Both signs, beyond both ends of the tables, and what no interval of them holds.
std::vector<float> Numbers() {
  std::vector<float> numbers = {0,    15.99609375F, 15.999F, 16,
                                1e6F, 1e-40F};  // beyond 2^32 / 256 the originals overflow
  for (float x = 1e-6F; x < 20; x *= 1.0007F) numbers.push_back(x);
  const size_t count = numbers.size();
  for (size_t i = 0; i < count; ++i) numbers.push_back(-numbers[i]);
  numbers.push_back(0.5F);  // so that the last eight are not full
  return numbers;
}

TEST(NetworkFunctionsTest, AreTheOriginalOnes) {
  const std::vector<float> numbers = Numbers();
  const auto n = static_cast<int>(numbers.size());
  ASSERT_NE(n % 8, 0);
  const std::vector<float> factors(numbers.size(), 0.75F);
  std::vector<float> tanh = numbers, logistic = numbers, product(numbers.size());
  FuncInplace<GFunc>(n, tanh.data());
  FuncInplace<FFunc>(n, logistic.data());
  FuncMultiply<HFunc>(numbers.data(), factors.data(), n, product.data());
  for (size_t i = 0; i < numbers.size(); ++i) {
    ASSERT_EQ(tanh[i], Tanh(numbers[i])) << numbers[i];
    ASSERT_EQ(logistic[i], Logistic(numbers[i])) << numbers[i];
    ASSERT_EQ(product[i], Tanh(numbers[i]) * 0.75F) << numbers[i];
  }
}

}  // namespace
}  // namespace tesseract

int main(int argc, char** argv) {
  if (!__builtin_cpu_supports("avx2")) {
    std::puts("skipped: this processor has no AVX2");
    return 0;
  }
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
