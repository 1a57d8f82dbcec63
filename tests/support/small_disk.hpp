#pragma once
// A disk that is soon full.
#include <string>

namespace runyard::test {

/// A tmpfs at `folder`, which goes with this object; one that was left by a killed test goes with
/// the next one's start. Needs root.
class SmallDisk final {
 public:
  /// `options` are mount's, as "size=200m,mode=755". Throws std::runtime_error.
  SmallDisk(const std::string& folder, const std::string& options);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  std::string place(const std::string& name) const { return folder_ + "/" + name; }
  /// Not one more byte and no more files; free() takes back what fill() wrote.
  void fill() const;
  void free() const;

 private:
  const std::string folder_;
};

}  // namespace runyard::test
