#include "tests/support/dynamic_tests.hpp"

#include <utility>

#include "tests/support/catch.hpp"

namespace runyard::test {
namespace {

class Invoker final : public Catch::ITestInvoker {
 public:
  explicit Invoker(std::function<void()> body) : body_(std::move(body)) {}
  void invoke() const override { body_(); }

 private:
  std::function<void()> body_;
};

}  // namespace

void register_test(const std::string& name, const std::string& tags, std::function<void()> body) {
#if defined(CATCH_VERSION_MAJOR) && CATCH_VERSION_MAJOR >= 3
  auto invoker = Catch::Detail::make_unique<Invoker>(std::move(body));
#else
  auto* invoker = new Invoker(std::move(body));  // Catch2 owns it
#endif
  const Catch::AutoReg registered(std::move(invoker), CATCH_INTERNAL_LINEINFO, Catch::StringRef(),
                                  Catch::NameAndTags{name, tags});
}

}  // namespace runyard::test
