// Whether a message is nothing but a few emoji: those are shown large, as everybody expects.

/** One emoji: a flag, a keycap, or a picture with its skin tone, tags and what is joined to it. */
const PICTURE = '(?:(?!\\p{RI})\\p{Emoji_Presentation}\\ufe0f?|\\p{Extended_Pictographic}\\ufe0f|\\p{Emoji_Modifier_Base}(?=\\p{EMod}))';
const JOINED = '(?:\\u200d\\p{Extended_Pictographic}(?:\\ufe0f|\\p{EMod})?)';
const TAGS = '(?:[\\u{e0020}-\\u{e007e}]+\\u{e007f})';
const ONE = `(?:\\p{RI}\\p{RI}|[#*0-9]\\ufe0f?\\u20e3|${PICTURE}\\p{EMod}?${TAGS}?${JOINED}*)`;
const FEW = new RegExp(`^\\s*(?:${ONE}\\s*){1,3}$`, 'u');
/** Three of the longest (families, with skin tones) in UTF-16 units; nothing longer needs a look. */
const LONGEST = 120;

export function isFewEmoji(content) {
  return content.length <= LONGEST && FEW.test(content);
}
