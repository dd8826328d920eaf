/*
 * MD5 (RFC 1321) of one stream: a single chain of dependent steps, so that only a shorter chain is faster. In the second round the two halves
 * of its function share no bit; added one after the other, the half that does not wait for the step before costs nothing: four instead of five
 * operations a step, which OpenSSL 3.0 does not do.
 */
#include <string.h>

#include "lanes.h"

#define INLINE static inline __attribute__((always_inline))

INLINE uint32_t rotate(uint32_t x, int n)
{
    return x << n | x >> (32 - n);
}

INLINE uint32_t word(const uint8_t *block, int i)
{
    const uint8_t *at = block + 4 * i;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
#else
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
#endif
}

/* Operation i: the roles of the state words turn with i. What waits for b, the result of the step before, comes last. */
INLINE void step(uint32_t s[4], const uint8_t *block, int i)
{
    static const uint8_t rotations[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    uint32_t *a = &s[-i & 3], b = s[(1 - i) & 3], c = s[(2 - i) & 3], d = s[(3 - i) & 3];
    uint32_t sum = *a + ogl_md5_constants[i];
    if (i < 16) {
        sum += word(block, i);
        sum += d ^ (b & (c ^ d));
    } else if (i < 32) {
        sum += word(block, (5 * i + 1) & 15);
        sum += c & ~d;
        sum += b & d;
    } else if (i < 48) {
        sum += word(block, (3 * i + 5) & 15);
        sum += b ^ (c ^ d);
    } else {
        sum += word(block, 7 * i & 15);
        sum += c ^ (b | ~d);
    }
    *a = rotate(sum, rotations[i / 16][i & 3]) + b;
}

void ogl_md5(uint32_t state[4], const uint8_t *data, size_t blocks)
{
    /* Copied word by word: as a whole they would go through memory at each block. */
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    for (; blocks > 0; blocks--, data += 64) {
        uint32_t s[4] = {a, b, c, d};
#pragma GCC unroll 64
        for (int i = 0; i < 64; i++)
            step(s, data, i);
        a += s[0];
        b += s[1];
        c += s[2];
        d += s[3];
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = d;
}
