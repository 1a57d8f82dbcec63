#pragma once
// UUIDs of version 7 (RFC 9562 section 5.7) as their canonical lower-case text of 36 characters.
#include <chrono>
#include <string>
#include <string_view>

namespace runyard {

/// A new id: 48 bits of Unix milliseconds, then random bits from the kernel. Ids made by one thread
/// sort in the order in which they were made (a counter in the 12 bits of rand_a). Thread-safe.
std::string new_uuid7();

/// The same with a given time: for tests and for bounds of partitions.
std::string new_uuid7(std::chrono::system_clock::time_point time);

/// True for 8-4-4-4-12 hexadecimal digits, of any version, in either case.
bool is_uuid(std::string_view text);

/// `bytes` random bytes from the kernel as lower-case hexadecimal digits, twice as many.
std::string random_hex(std::size_t bytes);

}  // namespace runyard
