import { describe, expect, it } from '@jest/globals';
import { canonicalPassword, requireGoodPassword } from './password-rules.js';

const common = new Set(['password1', 'sunshine1']);
const refusal = (password: string, name = 'annabel'): string => {
  try {
    requireGoodPassword(password, { name, isCommon: (plain) => common.has(plain) });
    return 'taken';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a password', () => {
  it.each(['correct horse', 'żółć-gęś', '🐴🔋 staple', 'x'.repeat(3) + 'yz'.repeat(120), 'Tr0ub4dor&3'])(
    'may be %s',
    (password) => expect(refusal(password)).toBe('taken'),
  );

  it.each([
    ['too short', 'seven77'],
    ['too long', 'ä!'.repeat(90)],
    ['common', 'PassWord1'],
    ['one letter again and again', 'aaaaaaaaaa'],
    ["the account's name", 'Annabel1'],
    ['the name of this program', 'streamvault!'],
    ['no text', 'half a \ud83d character'],
  ])('must not be %s', (_, password) => expect(refusal(password)).toBe('password.refused'));

  it('is the same whatever form its letters are composed in', () =>
    expect(canonicalPassword('Cafe\u0301')).toBe(canonicalPassword('Caf\u00e9')));

  it('is never repeated in messages about it', () => {
    expect(() => requireGoodPassword('sunshine1', { name: 'x', isCommon: () => true })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('sunshine') }),
    );
  });
});
