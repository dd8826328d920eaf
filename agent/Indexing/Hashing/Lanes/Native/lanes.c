/*
 * MD5 (RFC 1321), SHA-1 and SHA-256 (FIPS 180-4) of many streams side by side, one stream in each 32-bit lane of a vector.
 * Compiled twice: LANES=16 for AVX-512, LANES=8 for AVX2. Word i of stream l's state is at [i * LANES + l].
 *
 * Every step of a digest waits for the step before it, so that one digest leaves most of a core's vector units idle. MD5, which waits
 * most, is therefore computed in step with SHA-256: that takes hardly longer than SHA-256 alone, and both share one transposition of the
 * input. SHA-1 and reading the files take another core about as long.
 */
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#include "lanes.h"

typedef uint32_t vec __attribute__((vector_size(4 * LANES)));

#define INLINE static inline __attribute__((always_inline))

#if LANES == 16

#define NAME(name) name##_x16
#define TERNARY(x, y, z, table) ((vec)_mm512_ternarylogic_epi32((__m512i)(x), (__m512i)(y), (__m512i)(z), table))
#define ROTATE(x, n) ((vec)_mm512_rol_epi32((__m512i)(x), n))
#define CHOOSE(x, y, z) TERNARY(x, y, z, 0xCA)
#define PARITY(x, y, z) TERNARY(x, y, z, 0x96)
#define MAJORITY(x, y, z) TERNARY(x, y, z, 0xE8)
#define MD5_I(x, y, z) TERNARY(x, y, z, 0x39)

INLINE vec big_endian(vec x)
{
    const __m128i order = _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
    return (vec)_mm512_shuffle_epi8((__m512i)x, _mm512_broadcast_i32x4(order));
}

/* One 64-byte block of each stream, so that words[i] holds word i of all streams. */
INLINE void load(vec words[16], const uint8_t *const data[LANES], size_t offset)
{
    __m512i r[16], t[16];
#pragma GCC unroll 16
    for (int i = 0; i < 16; i++)
        r[i] = _mm512_loadu_si512(data[i] + offset);
#pragma GCC unroll 8
    for (int i = 0; i < 16; i += 2) {
        t[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
    }
#pragma GCC unroll 4
    for (int i = 0; i < 16; i += 4) {
        r[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
        r[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
        r[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
        r[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
    }
    /* Now quarter k of r[4g + j] holds word 4k + j of streams 4g to 4g + 3. */
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) {
        __m512i even01 = _mm512_shuffle_i32x4(r[j], r[4 + j], 0x88), odd01 = _mm512_shuffle_i32x4(r[j], r[4 + j], 0xDD);
        __m512i even23 = _mm512_shuffle_i32x4(r[8 + j], r[12 + j], 0x88), odd23 = _mm512_shuffle_i32x4(r[8 + j], r[12 + j], 0xDD);
        words[j] = (vec)_mm512_shuffle_i32x4(even01, even23, 0x88);
        words[4 + j] = (vec)_mm512_shuffle_i32x4(odd01, odd23, 0x88);
        words[8 + j] = (vec)_mm512_shuffle_i32x4(even01, even23, 0xDD);
        words[12 + j] = (vec)_mm512_shuffle_i32x4(odd01, odd23, 0xDD);
    }
}

#else

#define NAME(name) name##_x8
#define ROTATE(x, n) (((x) << (n)) | ((x) >> (32 - (n))))
#define CHOOSE(x, y, z) ((z) ^ ((x) & ((y) ^ (z))))
#define PARITY(x, y, z) ((x) ^ (y) ^ (z))
#define MAJORITY(x, y, z) (((x) & (y)) | ((z) & ((x) | (y))))
#define MD5_I(x, y, z) ((y) ^ ((x) | ~(z)))

INLINE vec big_endian(vec x)
{
    const __m128i order = _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
    return (vec)_mm256_shuffle_epi8((__m256i)x, _mm256_broadcastsi128_si256(order));
}

/* Eight words of a 64-byte block of each stream, so that words[i] holds one word of all streams. */
INLINE void load_half(vec words[8], const uint8_t *const data[LANES], size_t offset)
{
    __m256i r[8], t[8];
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++)
        r[i] = _mm256_loadu_si256((const __m256i *)(data[i] + offset));
#pragma GCC unroll 4
    for (int i = 0; i < 8; i += 2) {
        t[i] = _mm256_unpacklo_epi32(r[i], r[i + 1]);
        t[i + 1] = _mm256_unpackhi_epi32(r[i], r[i + 1]);
    }
#pragma GCC unroll 2
    for (int i = 0; i < 8; i += 4) {
        r[i] = _mm256_unpacklo_epi64(t[i], t[i + 2]);
        r[i + 1] = _mm256_unpackhi_epi64(t[i], t[i + 2]);
        r[i + 2] = _mm256_unpacklo_epi64(t[i + 1], t[i + 3]);
        r[i + 3] = _mm256_unpackhi_epi64(t[i + 1], t[i + 3]);
    }
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) {
        words[j] = (vec)_mm256_permute2x128_si256(r[j], r[4 + j], 0x20);
        words[4 + j] = (vec)_mm256_permute2x128_si256(r[j], r[4 + j], 0x31);
    }
}

INLINE void load(vec words[16], const uint8_t *const data[LANES], size_t offset)
{
    load_half(words, data, offset);
    load_half(words + 8, data, offset + 32);
}

#endif

INLINE void copy(vec *to, const vec *from, int words)
{
#pragma GCC unroll 8
    for (int i = 0; i < words; i++)
        to[i] = from[i];
}

INLINE void add(vec *to, const vec *summands, int words)
{
#pragma GCC unroll 8
    for (int i = 0; i < words; i++)
        to[i] += summands[i];
}

static const uint8_t md5_rotations[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

INLINE vec md5_function(int i, vec x, vec y, vec z)
{
    return i < 16 ? CHOOSE(x, y, z) : i < 32 ? CHOOSE(z, x, y) : i < 48 ? PARITY(x, y, z) : MD5_I(x, y, z);
}

INLINE int md5_word(int i)
{
    return (i < 16 ? i : i < 32 ? 5 * i + 1 : i < 48 ? 3 * i + 5 : 7 * i) & 15;
}

/* Operation i: the roles of the state words turn with i. Summed up so that the next one waits for four instructions only. */
INLINE void md5_step(vec s[4], const vec m[16], int i)
{
    vec *a = &s[-i & 3], b = s[(1 - i) & 3], c = s[(2 - i) & 3], d = s[(3 - i) & 3];
    vec sum = *a + (m[md5_word(i)] + ogl_md5_constants[i]);
    sum += md5_function(i, b, c, d);
    *a = ROTATE(sum, md5_rotations[i / 16][i & 3]) + b;
}

INLINE vec sha1_function(int t, vec x, vec y, vec z)
{
    return t < 20 ? CHOOSE(x, y, z) : t >= 40 && t < 60 ? MAJORITY(x, y, z) : PARITY(x, y, z);
}

INLINE void sha1_step(vec s[5], vec w[16], int t)
{
    static const uint32_t constants[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
    vec *a = &s[(80 - t) % 5], *b = &s[(81 - t) % 5], c = s[(82 - t) % 5], d = s[(83 - t) % 5], *e = &s[(84 - t) % 5];
    if (t >= 16) {
        vec x = PARITY(w[(t + 13) & 15], w[(t + 8) & 15], w[(t + 2) & 15]) ^ w[t & 15];
        w[t & 15] = ROTATE(x, 1);
    }
    vec sum = *e + (w[t & 15] + constants[t / 20]);
    sum += sha1_function(t, *b, c, d);
    *e = sum + ROTATE(*a, 5);
    *b = ROTATE(*b, 30);
}

INLINE void sha256_step(vec s[8], vec w[16], int t)
{
    vec a = s[-t & 7], b = s[(1 - t) & 7], c = s[(2 - t) & 7], *d = &s[(3 - t) & 7];
    vec e = s[(4 - t) & 7], f = s[(5 - t) & 7], g = s[(6 - t) & 7], *h = &s[(7 - t) & 7];
    if (t >= 16) {
        vec x = w[(t + 1) & 15], y = w[(t + 14) & 15];
        w[t & 15] += w[(t + 9) & 15] + PARITY(ROTATE(x, 25), ROTATE(x, 14), x >> 3);
        w[t & 15] += PARITY(ROTATE(y, 15), ROTATE(y, 13), y >> 10);
    }
    /* Summed up so that a and e, for which the next step waits, come last. */
    vec early = ((*h + ogl_sha256_constants[t]) + w[t & 15]) + CHOOSE(e, f, g);
    vec sum_e = PARITY(ROTATE(e, 26), ROTATE(e, 21), ROTATE(e, 7));
    vec sum_a = PARITY(ROTATE(a, 30), ROTATE(a, 19), ROTATE(a, 10));
    *d = (*d + early) + sum_e;
    *h = ((early + MAJORITY(a, b, c)) + sum_e) + sum_a;
}

void NAME(ogl_md5_sha256)(uint32_t *md5, uint32_t *sha256, const uint8_t *const data[LANES], size_t blocks)
{
    vec md5_state[4], sha256_state[8];
    copy(md5_state, (const vec *)md5, 4);
    copy(sha256_state, (const vec *)sha256, 8);
    for (size_t offset = 0; offset < blocks * 64; offset += 64) {
        vec m[16], w[16], s[4], h[8];
        load(m, data, offset);
#pragma GCC unroll 16
        for (int i = 0; i < 16; i++)
            w[i] = big_endian(m[i]);
        copy(s, md5_state, 4);
        copy(h, sha256_state, 8);
#pragma GCC unroll 64
        for (int i = 0; i < 64; i++) {
            md5_step(s, m, i);
            sha256_step(h, w, i);
        }
        add(md5_state, s, 4);
        add(sha256_state, h, 8);
    }
    copy((vec *)md5, md5_state, 4);
    copy((vec *)sha256, sha256_state, 8);
}

void NAME(ogl_sha1)(uint32_t *sha1, const uint8_t *const data[LANES], size_t blocks)
{
    vec state[5];
    copy(state, (const vec *)sha1, 5);
    for (size_t offset = 0; offset < blocks * 64; offset += 64) {
        vec w[16], s[5];
        load(w, data, offset);
#pragma GCC unroll 16
        for (int i = 0; i < 16; i++)
            w[i] = big_endian(w[i]);
        copy(s, state, 5);
#pragma GCC unroll 80
        for (int t = 0; t < 80; t++)
            sha1_step(s, w, t);
        add(state, s, 5);
    }
    copy((vec *)sha1, state, 5);
}

#if LANES == 8

/* For CPUs that have instructions for SHA-256, but not for 16 lanes: there SHA-1 goes along with MD5. */
void NAME(ogl_md5_sha1)(uint32_t *md5, uint32_t *sha1, const uint8_t *const data[LANES], size_t blocks)
{
    vec md5_state[4], sha1_state[5];
    copy(md5_state, (const vec *)md5, 4);
    copy(sha1_state, (const vec *)sha1, 5);
    for (size_t offset = 0; offset < blocks * 64; offset += 64) {
        vec m[16], w[16], s[4], h[5];
        load(m, data, offset);
#pragma GCC unroll 16
        for (int i = 0; i < 16; i++)
            w[i] = big_endian(m[i]);
        copy(s, md5_state, 4);
        copy(h, sha1_state, 5);
#pragma GCC unroll 16
        for (int i = 0; i < 16; i++) {
            md5_step(s, m, 4 * i);
            sha1_step(h, w, 5 * i);
            md5_step(s, m, 4 * i + 1);
            sha1_step(h, w, 5 * i + 1);
            md5_step(s, m, 4 * i + 2);
            sha1_step(h, w, 5 * i + 2);
            md5_step(s, m, 4 * i + 3);
            sha1_step(h, w, 5 * i + 3);
            sha1_step(h, w, 5 * i + 4);
        }
        add(md5_state, s, 4);
        add(sha1_state, h, 5);
    }
    copy((vec *)md5, md5_state, 4);
    copy((vec *)sha1, sha1_state, 5);
}

#endif
