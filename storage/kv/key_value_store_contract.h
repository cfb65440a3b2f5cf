// What every engine of KeyValueStore must do. A test program lists key_value_store_contract.cc in
// its sources and instantiates the suite with its engine.
#ifndef FOIA_STORAGE_KV_KEY_VALUE_STORE_CONTRACT_H_
#define FOIA_STORAGE_KV_KEY_VALUE_STORE_CONTRACT_H_

#include <functional>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "storage/kv/key_value_store.h"
#include "tests/support/temp_dir.h"

namespace foia::storage {

struct KeyValueEngine {
  std::string name;
  // Opens an empty store, in the folder when the engine needs one.
  std::function<std::unique_ptr<KeyValueStore>(const std::string& directory)> open;
};

class KeyValueStoreContract : public ::testing::TestWithParam<KeyValueEngine> {
 protected:
  testing::TempDir dir_;
  std::unique_ptr<KeyValueStore> store_ = GetParam().open(dir_ / "kv");
};

}  // namespace foia::storage

#endif  // FOIA_STORAGE_KV_KEY_VALUE_STORE_CONTRACT_H_
