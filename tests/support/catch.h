#pragma once

/// Catch2 under one name: the 2.x that Debian 12 ships has a single header, 3.x several.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
