import {
  IconAlertTriangle,
  IconArrowRight,
  IconBook,
  IconCheck,
  IconCopy,
  IconDownload,
  IconGauge,
  IconGitBranch,
  IconInbox,
  IconKey,
  IconListDetails,
  IconMap2,
  IconMoon,
  IconPlayerPlay,
  IconPlus,
  IconRefresh,
  IconSettings,
  IconStack2,
  IconSun,
  IconTable,
  IconTag,
  IconTopologyStar3,
  IconTrash,
  IconUpload,
  IconX,
} from '@tabler/icons-react';

const ICONS = {
  alert: IconAlertTriangle,
  arrow: IconArrowRight,
  book: IconBook,
  branch: IconGitBranch,
  check: IconCheck,
  copy: IconCopy,
  download: IconDownload,
  gauge: IconGauge,
  inbox: IconInbox,
  key: IconKey,
  layers: IconStack2,
  list: IconListDetails,
  map: IconMap2,
  models: IconTopologyStar3,
  moon: IconMoon,
  play: IconPlayerPlay,
  plus: IconPlus,
  refresh: IconRefresh,
  settings: IconSettings,
  sun: IconSun,
  table: IconTable,
  tag: IconTag,
  trash: IconTrash,
  upload: IconUpload,
  x: IconX,
};

export type IconName = keyof typeof ICONS;

/** Decoration: what it stands for is said in words beside it, or in the label of its button. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  const Drawn = ICONS[name];
  return <Drawn size={size} stroke={1.75} aria-hidden focusable={false} />;
}
