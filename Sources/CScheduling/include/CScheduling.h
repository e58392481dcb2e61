#pragma once
#include <stdbool.h>
#include <stdint.h>

/// The shortest and the longest slice that Linux gives, in nanoseconds.
enum { SCHEDULING_SHORTEST_SLICE = 100000, SCHEDULING_LONGEST_SLICE = 100000000 };

/// Asks for slices of so many nanoseconds for the calling thread and those it starts from now on: how long it computes
/// before others that share its processor have their turn. A thread that wakes and has a shorter slice than the one that
/// runs is let in at once, where it would wait some milliseconds for the end of a slice. Nobody gets more or less time in all.
/// False where the system refuses. Linux since 6.12 heeds it, older ones take it and change nothing.
bool scheduling_ask_slice(uint64_t nanoseconds);

/// The slice of the calling thread in nanoseconds; 0 where the system does not say.
uint64_t scheduling_slice(void);
