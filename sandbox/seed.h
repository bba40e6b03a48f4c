// Fixed ids of the seed, for the seed itself and for tests that name its objects; and the parts that seed() is made of.
#pragma once

#include "sandbox/site.h"

namespace gatehouse::sandbox {

inline constexpr ObjectId kProjectA = 10000, kProjectB = 10001, kProjectC = 10002;
inline constexpr ObjectId kProjectD = 10003;                       ///< was HR until its key was given away
inline constexpr ObjectId kProjectHr = 10004;                      ///< has the key that D had
inline constexpr ObjectId kProjectOps = 10005;                     ///< has the key that A had
inline constexpr const char* kBot = "5b10a2844c20165700ede21b";    ///< site administrator: sees everything
inline constexpr const char* kAlice = "5b10a2844c20165700ede21a";  ///< A, B and the level of A
inline constexpr const char* kBob = "5b10a2844c20165700ede21c";    ///< A and B
inline constexpr const char* kBea = "5b10a2844c20165700ede2b1";    ///< B only; her name and address hold B's canary
inline constexpr const char* kCarl = "5b10a2844c20165700ede2c1";   ///< C only; likewise
inline constexpr ObjectId kLevelA = 10300, kLevelB = 10301;

void seed_tables(Site& site);  ///< wants the projects
void seed_wiki(Site& site);    ///< Confluence: wiki_seed.cpp
}  // namespace gatehouse::sandbox
