import { Controller, Get, Inject, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { AccessLevel } from '../http/access.js';
import { ProblemError } from '../http/problem.js';
import type { Readiness } from './readiness.js';

const READINESS = Symbol('readiness');

/** `/health/live`: the process runs. `/health/ready`: it can do its work just now. */
@AccessLevel('open')
@Controller('health')
export class HealthController {
  constructor(@Inject(READINESS) private readonly readiness: Readiness) {}

  @Get('live')
  live(): { status: string; uptime_s: number } {
    return { status: 'live', uptime_s: Math.floor(process.uptime()) };
  }

  @Get('ready')
  async ready(): Promise<{ status: string; checks: unknown }> {
    const { ready, checks } = await this.readiness.report();
    if (ready) return { status: 'ready', checks };
    const failed = Object.entries(checks).filter(([, { ok }]) => !ok);
    throw new ProblemError(
      503,
      'not-ready',
      failed.map(([name, { detail }]) => `${name}: ${detail}`).join('; '),
      { checks, retryAfter: 2 },
    );
  }
}

@Module({})
export class HealthModule {
  static forRoot(readiness: Readiness): DynamicModule {
    return {
      module: HealthModule,
      controllers: [HealthController],
      providers: [{ provide: READINESS, useValue: readiness }],
    };
  }
}
