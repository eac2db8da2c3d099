import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, requireNginx } from '../nginx-origin.js';
import { run, until } from '../processes.js';

export interface NginxFiles {
  readonly address: URL;
  readonly child: ChildProcess;
}

/** nginx as Debian sets it up for files, with one process, over the files of a folder. */
export async function startNginxFiles(folder: string, site: string): Promise<NginxFiles> {
  requireNginx();
  const port = await freePort();
  const settings = join(folder, 'nginx-files.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder};`);
  writeFileSync(
    settings,
    `
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    daemon off; master_process off; pid ${join(folder, 'nginx-files.pid')};
    events { worker_connections 4096; }
    http {
      access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; keepalive_timeout 120s;
      ${temporary.join(' ')}
      types { video/mp4 mp4; image/jpeg jpg; }
      server { listen 127.0.0.1:${port} backlog=4096; root "${site}"; }
    }`,
  );
  const child = run('nginx', ['-p', folder, '-e', join(folder, 'nginx-files.log'), '-c', settings], folder);
  const address = new URL(`http://127.0.0.1:${port}`);
  await until(
    () => `nginx answers (see ${folder}/nginx-files.log)`,
    () =>
      fetch(address).then(
        () => true,
        () => undefined,
      ),
    { seconds: 10, everyMilliseconds: 50 },
  );
  return { address, child };
}
