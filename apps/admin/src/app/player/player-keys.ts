/** What the keys of the player do; the player supplies the actions. */
export interface PlayerDeeds {
  toggle(): void;
  jump(seconds: number): void;
  seekToShare(share: number): void;
  seekToStart(): void;
  seekToEnd(): void;
  changeVolume(by: number): void;
  toggleMuted(): void;
  toggleFullscreen(): void;
  toggleTheatre(): void;
  togglePictureInPicture(): void;
  toggleCut(): void;
  /** The piece begins, or ends, at the picture on the screen. */
  cutFrom(): void;
  cutTo(): void;
  stepFrame(direction: 1 | -1): void;
  changeSpeed(direction: 1 | -1): void;
  chapter(direction: 1 | -1): void;
  toggleHelp(): void;
}

/** Shown by `?`, the most useful first. */
export const playerKeysInWords: readonly (readonly [keys: string, deed: string])[] = [
  ['Space, K', 'Play or pause'],
  ['J, L', '10 seconds back or forward'],
  ['←, →', '5 seconds back or forward'],
  ['↑, ↓', 'Volume'],
  ['0 to 9', 'To that tenth of the video'],
  ['Home, End', 'Start, end'],
  [', and .', 'One frame back or forward, while paused'],
  ['< and >', 'Slower or faster'],
  ['N, P', 'Next or previous chapter'],
  ['M', 'Mute'],
  ['F', 'Full screen'],
  ['T', 'Theatre'],
  ['I', 'Picture in picture'],
  ['X', 'Cut out a piece; then I and O: it begins, ends here'],
  ['?', 'This list'],
];

const pressed: Readonly<Record<string, (deeds: PlayerDeeds) => void>> = {
  ' ': (deeds) => deeds.toggle(),
  k: (deeds) => deeds.toggle(),
  j: (deeds) => deeds.jump(-10),
  l: (deeds) => deeds.jump(10),
  ArrowLeft: (deeds) => deeds.jump(-5),
  ArrowRight: (deeds) => deeds.jump(5),
  ArrowUp: (deeds) => deeds.changeVolume(0.05),
  ArrowDown: (deeds) => deeds.changeVolume(-0.05),
  Home: (deeds) => deeds.seekToStart(),
  End: (deeds) => deeds.seekToEnd(),
  m: (deeds) => deeds.toggleMuted(),
  f: (deeds) => deeds.toggleFullscreen(),
  t: (deeds) => deeds.toggleTheatre(),
  i: (deeds) => deeds.togglePictureInPicture(),
  ',': (deeds) => deeds.stepFrame(-1),
  '.': (deeds) => deeds.stepFrame(1),
  '<': (deeds) => deeds.changeSpeed(-1),
  '>': (deeds) => deeds.changeSpeed(1),
  n: (deeds) => deeds.chapter(1),
  p: (deeds) => deeds.chapter(-1),
  x: (deeds) => deeds.toggleCut(),
  '?': (deeds) => deeds.toggleHelp(),
};
/** As in every program that cuts. */
const pressedWhileCutting: typeof pressed = {
  i: (deeds) => deeds.cutFrom(),
  o: (deeds) => deeds.cutTo(),
};
/** A focused slider uses these keys itself, and the space bar presses a focused button. */
const ownKeysOfControls: ReadonlySet<string> = new Set([
  ' ',
  'Enter',
  'ArrowLeft',
  'ArrowRight',
  'ArrowUp',
  'ArrowDown',
  'Home',
  'End',
]);

export interface PressedKey {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  /** The focus is on a button or slider of the player. */
  readonly isOnControl: boolean;
  /** A piece is being chosen. */
  readonly isCutting: boolean;
}

/** Does the key's action; false if it has none here. */
export function pressPlayerKey(
  { key, isOnControl, isCutting, ctrlKey, metaKey, altKey }: PressedKey,
  deeds: PlayerDeeds,
): boolean {
  if (ctrlKey || metaKey || altKey || (isOnControl && ownKeysOfControls.has(key))) return false;
  if (/^\d$/.test(key)) {
    deeds.seekToShare(Number(key) / 10);
    return true;
  }
  const name = key.length === 1 ? key.toLowerCase() : key;
  const meanings = isCutting && Object.hasOwn(pressedWhileCutting, name) ? pressedWhileCutting : pressed;
  const deed = Object.hasOwn(meanings, name) ? meanings[name] : undefined;
  deed?.(deeds);
  return deed !== undefined;
}
