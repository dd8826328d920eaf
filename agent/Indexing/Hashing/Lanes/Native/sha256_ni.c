/*
 * SHA-256 (FIPS 180-4) by the CPU's SHA instructions, two streams at a time: one alone waits half of the time for its own results.
 * The state has the layout of lanes.c with LANES=8.
 */
#include <immintrin.h>

#include "lanes.h"

#define INLINE static inline __attribute__((always_inline))

/* The two registers that sha256rnds2 works on: words a, b, e, f and c, d, g, h of the state, highest first. */
struct stream {
    __m128i abef, cdgh;
};

INLINE struct stream get(const uint32_t *state)
{
    struct stream s = {
        _mm_set_epi32((int)state[0], (int)state[8], (int)state[32], (int)state[40]),
        _mm_set_epi32((int)state[16], (int)state[24], (int)state[48], (int)state[56]),
    };
    return s;
}

INLINE void put(uint32_t *state, struct stream s)
{
    state[0] = (uint32_t)_mm_extract_epi32(s.abef, 3);
    state[8] = (uint32_t)_mm_extract_epi32(s.abef, 2);
    state[32] = (uint32_t)_mm_extract_epi32(s.abef, 1);
    state[40] = (uint32_t)_mm_extract_epi32(s.abef, 0);
    state[16] = (uint32_t)_mm_extract_epi32(s.cdgh, 3);
    state[24] = (uint32_t)_mm_extract_epi32(s.cdgh, 2);
    state[48] = (uint32_t)_mm_extract_epi32(s.cdgh, 1);
    state[56] = (uint32_t)_mm_extract_epi32(s.cdgh, 0);
}

/* Steps 4g to 4g + 3; w holds the last sixteen words of the message schedule. */
INLINE void four_steps(struct stream *s, __m128i w[4], const uint8_t *block, int g)
{
    if (g < 4) {
        const __m128i order = _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
        w[g] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)block + g), order);
    }
    __m128i sum = _mm_add_epi32(w[g & 3], _mm_loadu_si128((const __m128i *)ogl_sha256_constants + g));
    s->cdgh = _mm_sha256rnds2_epu32(s->cdgh, s->abef, sum);
    if (g >= 3 && g < 15) {
        __m128i next = _mm_add_epi32(w[(g + 1) & 3], _mm_alignr_epi8(w[g & 3], w[(g + 3) & 3], 4));
        w[(g + 1) & 3] = _mm_sha256msg2_epu32(next, w[g & 3]);
    }
    s->abef = _mm_sha256rnds2_epu32(s->abef, s->cdgh, _mm_shuffle_epi32(sum, 0x0E));
    if (g >= 1 && g < 13)
        w[(g + 3) & 3] = _mm_sha256msg1_epu32(w[(g + 3) & 3], w[g & 3]);
}

static void two_streams(uint32_t *state, const uint8_t *const data[2], size_t blocks)
{
    struct stream first = get(state), second = get(state + 1);
    for (size_t offset = 0; offset < blocks * 64; offset += 64) {
        struct stream a = first, b = second;
        __m128i w[4], x[4];
#pragma GCC unroll 16
        for (int g = 0; g < 16; g++) {
            four_steps(&a, w, data[0] + offset, g);
            four_steps(&b, x, data[1] + offset, g);
        }
        first.abef = _mm_add_epi32(first.abef, a.abef);
        first.cdgh = _mm_add_epi32(first.cdgh, a.cdgh);
        second.abef = _mm_add_epi32(second.abef, b.abef);
        second.cdgh = _mm_add_epi32(second.cdgh, b.cdgh);
    }
    put(state, first);
    put(state + 1, second);
}

void ogl_sha256_ni_x8(uint32_t *sha256, const uint8_t *const data[8], size_t blocks)
{
    for (int lane = 0; lane < 8; lane += 2)
        two_streams(sha256 + lane, data + lane, blocks);
}
